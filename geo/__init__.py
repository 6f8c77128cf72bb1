"""Geography: coordinates, regions, roads, travel times, coverage, patrol plans. Values in, values out."""
