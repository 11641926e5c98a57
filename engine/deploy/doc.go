// Package deploy makes the manifests by which job files run in a cluster: under a
// scheduler of their own ([Scheduler]), or as native CronJobs ([CronJobs]). It sends
// nothing.
package deploy
