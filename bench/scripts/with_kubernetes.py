"""The work of the benchmark with the official Python client."""

import sys

from kubernetes import client, config, watch as watches

config.load_kube_config()
api = client.CoreV1Api()


def pages(list_page):
    token = None
    while True:
        page = list_page(limit=500, _continue=token)
        yield from page.items
        token = page.metadata._continue
        if not token:
            return


def count():
    print(sum(pod.status.phase == "Running" for pod in pages(api.list_pod_for_all_namespaces)))


def names():
    print(len([pod.metadata.name for pod in pages(api.list_pod_for_all_namespaces)]))


def label(namespace, value):
    n = 0
    for pod in pages(lambda **page: api.list_namespaced_pod(namespace, **page)):
        api.patch_namespaced_pod(pod.metadata.name, namespace, {"metadata": {"labels": {"bench": value}}})
        n += 1
    print(n)


def watch(want):
    for n, _ in enumerate(watches.Watch().stream(api.list_pod_for_all_namespaces), 1):
        if n == 1:
            print("first", flush=True)
        if n == int(want):
            print(n)
            return


globals()[sys.argv[1]](*sys.argv[2:])
