-- Sends signed requests again and again, and compares every answer with the one that was looked at before.
-- Arguments after `--`: a file with whole HTTP requests, each after its length in ten digits, a file with the body that
-- must come back, a file that is made at the first answer; and where no two requests may be the same, the digits in the
-- request that stand for a number, the number before the first one, other digits that stand for one of a few numbers,
-- and how many those are.

local threads = {}

local function content(path)
   local file = assert(io.open(path, "rb"))
   local bytes = file:read("*a")
   file:close()
   return bytes
end

local function framed(bytes)
   local found, at = {}, 1
   while at <= #bytes do
      local length = tonumber(bytes:sub(at, at + 9))
      found[#found + 1] = bytes:sub(at + 10, at + 9 + length)
      at = at + 10 + length
   end
   return found
end

function setup(thread)
   table.insert(threads, thread)
end

function init(args)
   messages, sent, expected, wrong = framed(content(args[1])), 0, content(args[2]), 0
   answered, digits, number, few, count = args[3], args[4], tonumber(args[5]), args[6], tonumber(args[7])
end

function request()
   local message = messages[sent % #messages + 1]
   sent = sent + 1
   if not digits then
      return message
   end
   number = number + 1
   local form = "%0" .. #digits .. "d"
   return (message:gsub(digits, form:format(number)):gsub(few, form:format(number % count)))
end

-- wrk counts statuses above 399 only; an apology with a 200 would pass for an answer.
function response(status, _, body)
   if answered then
      assert(io.open(answered, "wb")):close()
      answered = nil
   end
   if status ~= 200 or body ~= expected then
      wrong = wrong + 1
   end
end

function done(summary, latency)
   local mistaken = 0
   for _, thread in ipairs(threads) do
      mistaken = mistaken + thread:get("wrong")
   end
   local errors = summary.errors
   io.write(string.format(
      '\n{"requests": %d, "microseconds": %d, "wrong": %d, "broken": %d, "p50": %.0f, "p99": %.0f}\n',
      summary.requests, summary.duration, mistaken + errors.status,
      errors.connect + errors.read + errors.write + errors.timeout,
      latency:percentile(50), latency:percentile(99)
   ))
end
