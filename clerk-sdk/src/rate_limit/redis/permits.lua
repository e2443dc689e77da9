-- Grants permits of all windows that count a call, and takes back those that were used. It is atomic, and uses no clock
-- but that of the server.
--
-- A window is a sorted set with a member for each permit that is not free. The score is when the permit comes back, in
-- microseconds. While a call uses it, that is not known, so the score is the latest time that it could be: an attempt takes
-- no longer than `attempt_time`, and afterwards the permit stays away for the window's return time. If a process fails, its
-- permits come back by themselves therefore. When an attempt ends, its permit gets a score of at most now + return time.
--
-- A permit that comes back within the horizon is granted ahead of time, with the delay until then: it needs no second
-- request. The last member of each set, with an infinite score, identifies this generation of the set: if it has changed,
-- Redis has lost the set.
--
-- KEYS: the cool-down of the route, and its windows.
-- ARGV: the number of permits wanted, the horizon, the prefix of the new permits' ids, `attempt_time`, whether the calls
--   have low priority, the cool-down to start (in milliseconds, or 0), the number of permits to take back; for each window
--   its limit and its return time; for each permit to take back its id, 'used' and the time since its use, or 'unused' and
--   the time until it would have been free. A call that was sent without a permit is told likewise: 'started' and the time
--   since then, and 'used' when it has ended.
-- Returns the server's time, the rest of the cool-down in milliseconds, the least wait for the first permit that was not
--   granted, how many more permits are free, the windows' generations, and the delays of the granted permits. Permit i has the id prefix .. i.

local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2]
local wanted, horizon, prefix = tonumber(ARGV[1]), tonumber(ARGV[2]), ARGV[3]
local attempt_time, is_low_priority = tonumber(ARGV[4]), ARGV[5] == '1'
local new_cooldown, returned = tonumber(ARGV[6]), tonumber(ARGV[7])
local max_cooldown = 60000

-- A number as a string, as Lua would round it.
local function exact(number)
  return string.format('%.0f', number)
end

local cooldown = math.max(redis.call('PTTL', KEYS[1]), 0)
-- Only a clock that was set back makes a cool-down longer.
if cooldown > max_cooldown or new_cooldown > cooldown then
  cooldown = math.max(math.min(cooldown, max_cooldown), new_cooldown)
  redis.call('SET', KEYS[1], '1', 'PX', exact(cooldown))
end

local windows, generations = {}, {}
for index = 2, #KEYS do
  local argument = 4 + 2 * index
  windows[index - 1] = {
    key = KEYS[index],
    limit = tonumber(ARGV[argument]),
    return_time = tonumber(ARGV[argument + 1]),
  }
end

local function take_back(window)
  local first = 8 + 2 * #windows
  for index = first, first + 3 * (returned - 1), 3 do
    local id, permit_use, time = ARGV[index], ARGV[index + 1], tonumber(ARGV[index + 2])
    local back = now + time
    if permit_use == 'started' then
      back = now - time + attempt_time + window.return_time
    elseif permit_use == 'used' then
      back = now - time + window.return_time
    end
    if back > now then
      redis.call('ZADD', window.key, exact(back), id)
    else
      redis.call('ZREM', window.key, id)
    end
  end
end

-- A clock that was set back would keep permits away for as long as it was set back.
local function limit_scores(window)
  local latest = now + horizon + attempt_time + window.return_time
  local ids = redis.call('ZRANGEBYSCORE', window.key, '(' .. exact(latest), '(inf')
  for _, id in ipairs(ids) do
    redis.call('ZADD', window.key, exact(now + window.return_time), id)
  end
end

local function generation(window)
  local last = redis.call('ZRANGE', window.key, -1, -1, 'WITHSCORES')
  if last[2] == 'inf' then
    return last[1]
  end
  local new = 'generation:' .. prefix
  redis.call('ZADD', window.key, 'inf', new)
  return new
end

for index, window in ipairs(windows) do
  take_back(window)
  redis.call('ZREMRANGEBYSCORE', window.key, '-inf', exact(now))
  limit_scores(window)
  generations[index] = generation(window)
  window.count = redis.call('ZCARD', window.key) - 1
  if is_low_priority then
    window.limit = window.limit - math.floor(window.limit / 2)
  end
end

-- When the next permit of a window is free, and the one that it replaces, unless there are unused ones.
local function next_permit(window)
  local taken = window.count - window.limit
  if taken < 0 then
    return now, nil
  end
  local entry = redis.call('ZRANGE', window.key, taken, taken, 'WITHSCORES')
  return math.min(tonumber(entry[2]), now + window.return_time), entry[1]
end

local delays, least_wait = {}, 0
if cooldown > 0 then
  wanted = 0
end
for number = 1, wanted do
  local start, replaced = now, {}
  for index, window in ipairs(windows) do
    local free, id = next_permit(window)
    start, replaced[index] = math.max(start, free), id
  end
  if start > now + horizon then
    least_wait = start - now
    break
  end
  for index, window in ipairs(windows) do
    if replaced[index] then
      redis.call('ZREM', window.key, replaced[index])
    else
      window.count = window.count + 1
    end
    local back = start + attempt_time + window.return_time
    redis.call('ZADD', window.key, exact(back), prefix .. number)
  end
  delays[number] = start - now
end

local free = math.huge
for _, window in ipairs(windows) do
  free = math.min(free, math.max(window.limit - window.count, 0))
  local longest = horizon + attempt_time + 2 * window.return_time
  redis.call('PEXPIRE', window.key, exact(math.ceil(longest / 1000)))
end

return {now, cooldown, least_wait, free, generations, delays}
