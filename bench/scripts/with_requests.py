"""The work of the benchmark with the requests library and the json module."""

import json
import os
import sys

import requests

SERVER = os.environ["BENCH_SERVER"]
session = requests.Session()
session.trust_env = False  # or $REQUESTS_CA_BUNDLE wins over what follows
session.verify = os.environ["BENCH_CA"]
session.headers["Authorization"] = "Bearer " + os.environ["BENCH_TOKEN"]


def pods(path="/api/v1/pods"):
    token = ""
    while True:
        answer = session.get(SERVER + path, params={"limit": 500, "continue": token})
        answer.raise_for_status()
        page = json.loads(answer.content)
        yield from page["items"]
        token = page["metadata"].get("continue")
        if not token:
            return


def count():
    print(sum(pod["status"]["phase"] == "Running" for pod in pods()))


def names():
    print(len([pod["metadata"]["name"] for pod in pods()]))


def label(namespace, value):
    path = f"/api/v1/namespaces/{namespace}/pods"
    n = 0
    for pod in pods(path):
        answer = session.patch(
            f"{SERVER}{path}/{pod['metadata']['name']}",
            data=json.dumps({"metadata": {"labels": {"bench": value}}}),
            headers={"Content-Type": "application/merge-patch+json"},
        )
        answer.raise_for_status()
        json.loads(answer.content)
        n += 1
    print(n)


def watch(want):
    answer = session.get(SERVER + "/api/v1/pods", params={"watch": "true"}, stream=True)
    answer.raise_for_status()
    # Lines by hand: iter_lines splits them again for each chunk it reads.
    for n, line in enumerate(answer.raw, 1):
        json.loads(line)
        if n == 1:
            print("first", flush=True)
        if n == int(want):
            print(n)
            return


globals()[sys.argv[1]](*sys.argv[2:])
