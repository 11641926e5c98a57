module github.com/kubelua/kubelua

go 1.26
