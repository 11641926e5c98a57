-- Times.

function test_time(t)
  local a = kube.time("2026-03-01T12:00:00Z")
  t:eq(tostring(a), "2026-03-01T12:00:00Z")
  t:eq(a:unix(), 1772366400)
  t:eq(kube.time("2026-03-01"):unix(), 1772323200)
  t:eq(kube.time("2026-03-01T13:00:00+01:00"), a)
  t:eq(kube.time("2026-03-01T12:00:00.25Z"):unix(), 1772366400.25)
  t:eq(tostring(kube.time("2026-03-01T12:00:00.123456Z")), "2026-03-01T12:00:00.123456Z")
  t:eq(tostring(kube.time("2026-03-01T13:00:00+01:00")), "2026-03-01T13:00:00+01:00")
  t:eq(kube.time("0001-01-01T00:00:00Z"):format("2006"), "0001")
end

function test_wrong_texts(t)
  kube.time("yesterday") --> error: ""yesterday" is not a time (want RFC 3339, like 2026-03-01T12:00:00Z)"
  kube.time("2026-13-01T00:00:00Z") --> error: "is not a time"
  kube.time("2026-02-30") --> error: "is not a time"
  kube.time("") --> error: "is not a time"
  kube.time(5) --> error: "the time must be a string, not number"
  kube.time() --> error: "the time must be a string, not nil"
end

function test_arithmetic(t)
  local a, b = kube.time("2026-03-01T12:00:00Z"), kube.time("2026-03-01T12:01:30.5Z")
  t:eq(b - a, 90.5)
  t:eq(a - b, -90.5)
  t:eq(a + 90.5, b)
  t:eq(90.5 + a, b)
  t:eq(b - 90.5, a)
  t:eq(a + 0, a)
  t:eq(a + -1, kube.time("2026-03-01T11:59:59Z"))
  t:eq((a + 86400 * 365):format("2006-01-02"), "2027-03-01")
  local _ = a + b --> error: "only a number of seconds can be added to a time"
  _ = a + "90" --> error: "only a number of seconds can be added"
  _ = 5 - a --> error: "t:unix()"
  _ = a - "5" --> error: "t:unix()"
  _ = a * 2 --> error: "arithmetic"
  _ = a + math.huge --> error: "only a number of seconds"
end

function test_order(t)
  local a, b = kube.time("2026-03-01T12:00:00Z"), kube.time("2026-03-01T12:00:01Z")
  t:ok(a < b and a <= b and b > a and b >= a and a ~= b and a == a and a <= a)
  t:ok(not (b < a) and not (a > b))
  t:ok(a == kube.time("2026-03-01T12:00:00.000Z"))
  local list = {b, a}
  table.sort(list)
  t:eq(list[1], a)
  t:ok(a ~= a:unix())
  t:ok(a ~= tostring(a))
  local _ = a < 5 --> error: "t:unix()"
  _ = 5 <= a --> error: "t:unix()"
  _ = a > "2026" --> error: "t:unix()"
end

function test_now(t)
  local before = kube.now()
  local now = kube.now()
  t:ok(now >= before)
  t:ok(now - before < 60)
  t:ok(math.abs(now:unix() - os.time()) < 60)
  t:ok(before:age() >= 0 and before:age() < 60)
  t:ok((before + 3600):age() < 0)
  t:ok((before - 3600):age() >= 3600)
end

function test_format(t)
  local a = kube.time("2026-03-01T12:34:56.789Z")
  t:eq(a:format("2006-01-02 15:04:05"), "2026-03-01 12:34:56")
  t:eq(a:format("Mon Jan _2 3PM"), "Sun Mar  1 12PM")
  t:eq(a .. "", "2026-03-01T12:34:56.789Z")
  t:eq("at " .. a, "at 2026-03-01T12:34:56.789Z")
  a:format() --> error: "the layout must be a string, not nil"
  a.format("2006") --> error: "call it with a colon"
  local _ = a.year --> error: "has no "year""
  a.x = 1 --> error: "can't set "x" of time"
end

function test_times_of_objects(t)
  local created = cluster.namespaces:fetch("default").meta.created
  t:ok(created < kube.now())
  t:ok(created:age() > 0)
  t:eq(kube.now() - created > 0, true)
  t:eq(created, kube.time(cluster.namespaces:fetch("default").raw.metadata.creationTimestamp))
end

function test_times_are_sent_as_text(t)
  local at = kube.time("2026-03-01T12:00:00Z")
  local item = t:create{apiVersion = "v1", kind = "ConfigMap", metadata = {name = "a"}, data = {at = at}}
  t:eq(item.raw.data.at, "2026-03-01T12:00:00Z")
end
