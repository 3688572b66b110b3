"""Many problems: found, solved in parallel, written in the order of the input, none lost.

items    the problems of files, folders and JSON Lines, one after another, each with the name of its output
work     one problem -> bytes or a fault, in a worker
pool     any work over any executor, in order, outliving workers that die
names    the names of outputs
workers  processes
cluster  a Dask cluster as an executor
shelter  a process of its own for each chunk, on a worker of a cluster
output   a folder or a .jsonl file, its index and its errors; whole or not at all
resume   what an earlier run has done
merge    shards joined
run      all of it
"""
