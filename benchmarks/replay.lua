-- Replays the requests of $CAIRN_REQUESTS, one a line: method, path, cookie, headers ("Name: value" by ;;), body.
-- A body's {form} becomes a new id, so that no request repeats another.
local lines, n, i = {}, 0, 0
function init()
  for line in io.lines(os.getenv("CAIRN_REQUESTS")) do
    local part = {}
    for text in (line .. "\t"):gmatch("([^\t]*)\t") do part[#part + 1] = text end
    local headers = { ["Host"] = wrk.headers["Host"], ["Cookie"] = part[3] ~= "" and part[3] or nil }
    for name, value in part[4]:gmatch("([^:;]+): ([^;]+)") do headers[name] = value end
    n = n + 1
    lines[n] = { part[1], part[2], headers, part[5] }
  end
  math.randomseed(os.time())
  i = math.random(n)
end
local function id()
  return ("xxxxxxxx-xxxx-4xxx-8xxx-xxxxxxxxxxxx"):gsub("x", function() return ("%x"):format(math.random(0, 15)) end)
end
function request()
  i = i % n + 1
  local one = lines[i]
  local body = one[4] ~= "" and one[4]:gsub("{form}", id()) or nil
  return wrk.format(one[1], one[2], one[3], body)
end
function done(summary, latency)
  local e = summary.errors
  io.write(string.format('JSON{"requests":%d,"us":%d,"bytes":%d,"p50":%d,"p99":%d,"bad":%d}\n', summary.requests,
    summary.duration, summary.bytes, latency:percentile(50), latency:percentile(99), e.status + e.connect + e.read + e.write + e.timeout))
end
