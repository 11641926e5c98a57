// Command dynamic does the work of the benchmark with client-go's dynamic
// client, with its limit on requests a second lifted.
//
//	dynamic count             count the pods that run
//	dynamic names             collect the names of all pods
//	dynamic label NS VALUE N  label the pods of a namespace, N at once
//	dynamic watch N           take the first N events of a watch
package main

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"sync"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/tools/clientcmd"
)

var resource = schema.GroupVersionResource{Version: "v1", Resource: "pods"}

func main() {
	if err := run(context.Background(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "dynamic:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	loader := clientcmd.NewNonInteractiveDeferredLoadingClientConfig(
		clientcmd.NewDefaultClientConfigLoadingRules(), &clientcmd.ConfigOverrides{})
	config, err := loader.ClientConfig()
	if err != nil {
		return err
	}
	config.QPS = -1
	client, err := dynamic.NewForConfig(config)
	if err != nil {
		return err
	}
	pods := client.Resource(resource)
	switch {
	case len(args) == 1 && args[0] == "count":
		return count(ctx, pods)
	case len(args) == 1 && args[0] == "names":
		return names(ctx, pods)
	case len(args) == 4 && args[0] == "label":
		n, err := strconv.Atoi(args[3])
		if err != nil {
			return err
		}
		return label(ctx, pods.Namespace(args[1]), args[2], n)
	case len(args) == 2 && args[0] == "watch":
		n, err := strconv.Atoi(args[1])
		if err != nil {
			return err
		}
		return watch(ctx, pods, n)
	}
	return fmt.Errorf("count, names, label NS VALUE N or watch N, not %q", args)
}

// each calls do with every object, page by page.
func each(ctx context.Context, pods dynamic.ResourceInterface, do func(*unstructured.Unstructured) error) error {
	options := metav1.ListOptions{Limit: 500}
	for {
		list, err := pods.List(ctx, options)
		if err != nil {
			return err
		}
		for i := range list.Items {
			if err := do(&list.Items[i]); err != nil {
				return err
			}
		}
		if options.Continue = list.GetContinue(); options.Continue == "" {
			return nil
		}
	}
}

func count(ctx context.Context, pods dynamic.ResourceInterface) error {
	n := 0
	err := each(ctx, pods, func(pod *unstructured.Unstructured) error {
		if phase, _, _ := unstructured.NestedString(pod.Object, "status", "phase"); phase == "Running" {
			n++
		}
		return nil
	})
	fmt.Println(n)
	return err
}

func names(ctx context.Context, pods dynamic.ResourceInterface) error {
	var all []string
	err := each(ctx, pods, func(pod *unstructured.Unstructured) error {
		all = append(all, pod.GetName())
		return nil
	})
	fmt.Println(len(all))
	return err
}

// label has atOnce goroutines patch the pods.
func label(ctx context.Context, pods dynamic.ResourceInterface, value string, atOnce int) error {
	patch := []byte(`{"metadata":{"labels":{"bench":"` + value + `"}}}`)
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	names := make(chan string)
	var workers sync.WaitGroup
	for range atOnce {
		workers.Go(func() {
			for name := range names {
				if _, err := pods.Patch(ctx, name, types.MergePatchType, patch, metav1.PatchOptions{}); err != nil {
					cancel(err)
				}
			}
		})
	}
	n := 0
	err := each(ctx, pods, func(pod *unstructured.Unstructured) error {
		n++
		names <- pod.GetName()
		return context.Cause(ctx)
	})
	close(names)
	workers.Wait()
	fmt.Println(n)
	if err == nil {
		err = context.Cause(ctx)
	}
	return err
}

func watch(ctx context.Context, pods dynamic.ResourceInterface, n int) error {
	w, err := pods.Watch(ctx, metav1.ListOptions{})
	if err != nil {
		return err
	}
	defer w.Stop()
	for events := 0; events < n; events++ {
		if _, ok := <-w.ResultChan(); !ok {
			return fmt.Errorf("the watch ended after %d events", events)
		}
		if events == 0 {
			fmt.Println("first")
		}
	}
	fmt.Println(n)
	return nil
}
