-- Has large YAML read, for which reading takes hundreds of times its size.
-- refused: YAML of more than 4 MiB
kube.parse("a: [" .. ("{b: [c]},"):rep(1e6) .. "]")
