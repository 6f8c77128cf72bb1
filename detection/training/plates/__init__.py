"""How the plate network in detection/weights/plates.onnx is made: plates rendered, damaged, learnt, exported.

Run `python -m detection.training.plates --help`. Nothing here runs in a camera worker.
"""
