"""A class: the submissions of many students to several problems, marked, and put where marks are kept.

key      the problems: what is asked and what it is worth
folder   submissions as files, one folder or file a student
table    submissions as one CSV of student, problem, name, value
parts    which problem a file answers
work     one student's answers to one problem -> a report or a fault, in a worker
journal  what is marked so far: the memory of a run
tally    how the class did: each step, the slips, wrong values that several share
run      all of it
gradebook, gradescope, canvas, pages, diff: what is written of it
names    students' names and texts, made safe for cells, files and pages
"""
