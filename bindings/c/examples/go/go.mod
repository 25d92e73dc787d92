module streamtoken-examples

go 1.19
