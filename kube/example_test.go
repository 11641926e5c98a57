package kube_test

import (
	"context"
	"fmt"
	"log"
	"time"

	"github.com/kubelua/kubelua/kube"
)

// The pods that don't run, in all namespaces.
func Example() {
	ctx := context.Background()
	cluster, err := kube.Connect(kube.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer cluster.Close()
	for pod, err := range cluster.Builtin("pods").All(ctx) {
		if err != nil {
			log.Fatal(err)
		}
		if phase := pod.Status().Get("phase").String(); phase != "Running" {
			fmt.Println(pod, phase)
		}
	}
}

// The changes to the deployments of a namespace, for a minute.
func ExampleView_Watch() {
	ctx := context.Background()
	cluster, err := kube.Connect(kube.Options{Namespace: "shop"})
	if err != nil {
		log.Fatal(err)
	}
	defer cluster.Close()
	w, err := cluster.Builtin("deployments").Watch(ctx, kube.WatchOptions{Initial: true})
	if err != nil {
		log.Fatal(err)
	}
	defer w.Close()
	for {
		ev, err := w.Next(ctx, time.Minute)
		if err == kube.ErrTimeout {
			return
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(ev.Type, ev.Item)
	}
}

// A label on one object.
func ExampleLabels_Set() {
	ctx := context.Background()
	cluster, err := kube.Connect(kube.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer cluster.Close()
	node, err := cluster.Builtin("nodes").Fetch(ctx, "node-0", "")
	if err != nil {
		log.Fatal(err)
	}
	node, err = node.Meta().Labels().Set(ctx, "maintenance", "planned")
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(node.Meta().Version())
}
