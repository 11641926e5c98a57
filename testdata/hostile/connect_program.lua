-- Connects by a kubeconfig whose login is a program.
-- under: --allow-read $WORK/kubeconfig.yaml
-- denied: not allowed (--allow-run=
kube.cluster { kubeconfig = arg[1] .. "/kubeconfig.yaml", context = "program" }
