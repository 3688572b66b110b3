"""One neuron: its samples, its learning, its program."""
