"""Tests of the engine adapters: `python3 -m unittest discover -s integrations/tests -t integrations`."""
