"""synthetic:// URLs: what they may say, and the sentence when they say something else."""

import pytest

from ingest.synthetic.options import BadSyntheticUrl, Fault, Options, parse_url


def test_a_full_url_is_understood():
    options = parse_url(
        "synthetic://road?camera=C0001&schedule=/tmp/traffic.json&light=night&weather=rain"
        "&glare=1&seed=7&fps=12.5&scenery=coast&fault=freeze@30&name=%E6%B5%B7%E6%B8%B8%E8%B7%AF"
    )
    fault = Fault("freeze", 30.0)
    assert options == Options(
        "C0001", "海游路", "/tmp/traffic.json", "night", "rain", True, 7, 12.5, "coast", fault
    )


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("light=dusk", ["light='dusk'", "day or night"]),
        ("weather=snow", ["weather", "clear or rain"]),
        ("glare=yes", ["glare", "0 or 1"]),
        ("seed=-1", ["seed", "whole number"]),
        ("fps=0", ["fps", "1 to 30"]),
        ("camera=", ["camera", "C0001"]),
        ("fault=melt@3", ["fault", "freeze@SECONDS"]),
        ("fault=dead@soon", ["fault", "dead@SECONDS"]),
        ("wether=rain", ["'wether'", "weather"]),
    ],
)
def test_a_wrong_parameter_is_named_with_what_it_may_be(query, names):
    with pytest.raises(BadSyntheticUrl) as caught:
        parse_url(f"synthetic://road?{query}")
    assert all(name in str(caught.value) for name in names)


@pytest.mark.parametrize("url", ["synthetic://river?seed=1", "rtsp://road", "synthetic:road"])
def test_another_source_is_refused(url):
    with pytest.raises(BadSyntheticUrl, match="synthetic://road"):
        parse_url(url)
