package kube_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"os"
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
func ExampleEntries_Set() {
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

// A change that depends on what is there.
func ExampleItem_Edit() {
	ctx := context.Background()
	cluster, err := kube.Connect(kube.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer cluster.Close()
	web, err := cluster.Builtin("deployments").Fetch(ctx, "web", "shop")
	if err != nil {
		log.Fatal(err)
	}
	web, err = web.Edit(ctx, func(object kube.Value) (kube.Value, error) {
		var deployment map[string]any
		if err := json.Unmarshal(object.Raw(), &deployment); err != nil {
			return kube.Value{}, err
		}
		deployment["spec"].(map[string]any)["paused"] = true
		text, err := json.Marshal(deployment)
		if err != nil {
			return kube.Value{}, err
		}
		return kube.NewValue(text)
	}, kube.EditOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(web.Meta().Version())
}

// A manifest of many objects.
func ExampleCluster_ApplyAll() {
	ctx := context.Background()
	cluster, err := kube.Connect(kube.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer cluster.Close()
	text, err := os.ReadFile("install.yaml")
	if err != nil {
		log.Fatal(err)
	}
	objects, err := kube.ParseManifest(ctx, string(text))
	if err != nil {
		log.Fatal(err)
	}
	items, err := cluster.ApplyAll(ctx, objects, kube.ApplyOptions{})
	if err != nil {
		log.Fatal(err)
	}
	fmt.Println(len(items), "objects are as they should be")
}

// A rollout, with the reason where it won't get done.
func ExampleItem_Wait() {
	ctx := context.Background()
	cluster, err := kube.Connect(kube.Options{Namespace: "shop"})
	if err != nil {
		log.Fatal(err)
	}
	defer cluster.Close()
	cart, err := cluster.Builtin("deployments").Fetch(ctx, "cart", "")
	if err != nil {
		log.Fatal(err)
	}
	if cart, err = cart.Restart(ctx); err != nil {
		log.Fatal(err)
	}
	cart, _, err = cart.Wait(ctx, kube.WaitOptions{Timeout: 10 * time.Minute}, kube.UntilReady())
	if err != nil {
		log.Fatal(err) // wait for deployments shop/cart to be ready: pods shop/cart-...: container cart: ImagePullBackOff: ...
	}
	fmt.Println(cart)
}

// A node taken out of service.
func ExampleItem_Drain() {
	ctx := context.Background()
	cluster, err := kube.Connect(kube.Options{})
	if err != nil {
		log.Fatal(err)
	}
	defer cluster.Close()
	node, err := cluster.Builtin("nodes").Fetch(ctx, "node-1", "")
	if err != nil {
		log.Fatal(err)
	}
	draining, err := node.Drain(ctx, kube.DrainOptions{IgnoreDaemonSets: true})
	if err != nil {
		log.Fatal(err)
	}
	defer draining.Close()
	for {
		step, err := draining.Next(ctx, -1)
		if err == io.EOF {
			break
		}
		if err != nil {
			log.Fatal(err)
		}
		fmt.Println(step.Pod, step.What, step.Message)
	}
}
