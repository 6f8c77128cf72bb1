"""Geography: coordinates, regions, roads, travel times, coverage and patrol planning. Pure: values in, values out."""
