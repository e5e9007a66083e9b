-- What every script begins with: the keys of one channel, and the steps the scripts share.
--
-- KEYS (all of one hash tag, so of one node of a cluster)
--   1 log      stream: an entry has the id <offset>-0 and one field, e
--   2 meta     hash: epoch; top, the newest offset; version, the highest published; fence, the highest given;
--              arrivals, how many came so far; large, how many bytes the log's large entries have, or more
--   3 due      sorted set: client -> when its lease runs out, in ms of this server's clock
--   4 who      hash: client -> arrival number, the head of its card, what it shows: each on a line of its own
--   5 leaving  set of the clients that said they go
--   6 locks    hash: name -> fence|holder|waiter,waiter: the locks that are held; free ones are not kept
--   7 ranks    sorted set of the present clients, first who would leave first were there no room: by rank, and of one
--              rank the latest to come
--   8 parties  sorted set, all of score 0: party|client and =client|party for each party of each present client
-- ARGV 1 topic of the channel's wakes, 2 epoch for a new log, beginning with the server's life as the caller knows it,
--   3 entries the log keeps, and bytes of large ones, 4 ms everything is kept;
--   a script's own arguments begin at 5
--
-- Ids and names consist of letters, digits, '-', '_' (and '/'), so that JSON is composed by joining strings: cjson would
-- turn an empty list into {} and round large numbers. Offsets, fences and versions stay text wherever Lua's numbers,
-- exact to 2^53 only, would do harm.

local LOG, META, DUE, WHO, LEAVING, LOCKS, RANKS, PARTIES = unpack(KEYS)
local TOPIC, FRESH, LOG_ROOM, LOG_AGE = unpack(ARGV, 1, 4)
local LOG_ENTRIES, LOG_BYTES = string.match(LOG_ROOM, '(%d+) (%d+)')
-- From so many bytes on an entry is a large one.
local LARGE = 4096
local EPOCH, NOW
local changed = false

-- Whether one whole number, as text, is above another.
local function above(one, other)
  return #one > #other or (#one == #other and one > other)
end

-- Ends a script: whatever was changed keeps all of the channel for its full time.
local function done(answer)
  if changed then
    for _, key in ipairs(KEYS) do
      redis.call('PEXPIRE', key, LOG_AGE)
    end
  end
  return answer
end

-- Whether a log of this epoch was made in this life of the server. One of another may have lost its newest entries
-- when it was loaded again. Only who knows the life differently than the epoch must be told it: asking is dear.
local function of_this_life(epoch)
  local life = string.sub(epoch, 1, 8)
  if life == string.sub(FRESH, 1, 8) then
    return true
  end
  local now = string.match(redis.call('INFO', 'server'), 'run_id:(%x%x%x%x%x%x%x%x)')
  FRESH = now .. string.sub(FRESH, 9)
  return life == now
end

-- Begins a script that writes: a channel without an epoch is a new one, whatever else may be left of it.
local function open()
  EPOCH = redis.call('HGET', META, 'epoch')
  if not EPOCH or not of_this_life(EPOCH) then
    EPOCH = FRESH
    redis.call('DEL', unpack(KEYS))
    redis.call('HSET', META, 'epoch', EPOCH, 'top', 0)
    changed = true
  end
end

local function top()
  return redis.call('HGET', META, 'top')
end

-- Lets go of the oldest entries until the large ones have room; the newest stays.
local function make_room(newest)
  local bytes = redis.call('HINCRBY', META, 'large', #newest)
  while bytes > tonumber(LOG_BYTES) do
    local oldest = redis.call('XRANGE', LOG, '-', '+', 'COUNT', 2)
    if #oldest < 2 then
      -- Entries that went by their number were not taken off.
      redis.call('HSET', META, 'large', #newest)
      return
    end
    local size = #oldest[1][2][2]
    if size > LARGE then
      bytes = redis.call('HINCRBY', META, 'large', -size)
    end
    redis.call('XTRIM', LOG, 'MINID', oldest[2][1])
  end
end

-- Appends an entry and wakes who watches. Returns its offset.
local function append(entry)
  local offset = string.format('%.0f', redis.call('HINCRBY', META, 'top', 1))
  redis.call('XADD', LOG, 'MAXLEN', '~', LOG_ENTRIES, offset .. '-0', 'e', entry)
  if #entry > LARGE then
    make_room(entry)
  end
  redis.call('PUBLISH', TOPIC, 'e' .. EPOCH .. ':' .. offset .. ':' .. entry)
  changed = true
  return offset
end

local function present(client)
  return redis.call('ZSCORE', DUE, client)
end

-- What of the parties begins with this: '|' comes before '}', and neither stands in a name.
local function range(start)
  return '[' .. start .. '|', '(' .. start .. '}'
end

-- Counts a client's seat to nobody any more.
local function uncount(client)
  redis.call('ZREM', RANKS, client)
  local from, to = range('=' .. client)
  for _, member in ipairs(redis.call('ZRANGEBYLEX', PARTIES, from, to)) do
    redis.call('ZREM', PARTIES, member, string.sub(member, #client + 3) .. '|' .. client)
  end
end

local function set_rank(client, rank, arrival)
  redis.call('ZADD', RANKS, string.format('%.0f', rank * 2^40 - arrival), client)
end

-- Lets a present client, whose seat this is, show something else.
local function move(client, seat, state)
  redis.call('HSET', WHO, client, string.match(seat, '^%d+\n[^\n]*\n') .. state)
  append('{"moved":{"client":"' .. client .. '","state":' .. state .. '}}')
end

-- A held lock as { fence, holder, queue }; nil when it is free.
local function read_lock(name)
  local packed = redis.call('HGET', LOCKS, name)
  if not packed then
    return nil
  end
  local lock = { queue = {} }
  local queue
  lock.fence, lock.holder, queue = string.match(packed, '^(%d+)|([^|]*)|(.*)$')
  for client in string.gmatch(queue, '[^,]+') do
    table.insert(lock.queue, client)
  end
  return lock
end

local function write_lock(name, lock)
  redis.call('HSET', LOCKS, name, lock.fence .. '|' .. lock.holder .. '|' .. table.concat(lock.queue, ','))
  changed = true
end

-- How a lock stands, as JSON.
local function lock_json(name, lock)
  if not lock then
    return '{"name":"' .. name .. '","fence":0,"holder":null,"queue":[]}'
  end
  local queue = ''
  if #lock.queue > 0 then
    queue = '"' .. table.concat(lock.queue, '","') .. '"'
  end
  return '{"name":"' .. name .. '","fence":' .. lock.fence .. ',"holder":"' .. lock.holder
    .. '","queue":[' .. queue .. ']}'
end

-- Says in the log how a lock stands now, and returns that.
local function tell_lock(name, lock)
  local json = lock_json(name, lock)
  append('{"lock":' .. json .. '}')
  return json
end

-- A queue without those for whom drop(client) holds, and whether there were any.
local function without(queue, drop)
  local kept = {}
  for _, client in ipairs(queue) do
    if not drop(client) then
      table.insert(kept, client)
    end
  end
  return kept, #kept < #queue
end

-- Starts a new holding, above all fences given in this channel before and above floor.
local function give(name, lock, to, floor)
  if above(floor, redis.call('HGET', META, 'fence') or '0') then
    redis.call('HSET', META, 'fence', floor)
  end
  redis.call('HINCRBY', META, 'fence', 1)
  local held = { fence = redis.call('HGET', META, 'fence'), holder = to }
  held.queue = without(lock and lock.queue or {}, function(client) return client == to end)
  write_lock(name, held)
  return tell_lock(name, held)
end

-- Ends a holding: the lock goes to the first who waits, or is free.
local function pass_on(name, lock)
  if lock.queue[1] then
    return give(name, lock, lock.queue[1], '0')
  end
  redis.call('HDEL', LOCKS, name)
  return tell_lock(name, nil)
end

-- Takes clients away, says that they left, and passes on what they held or waited for.
local function leave(gone)
  if #gone == 0 then
    return
  end
  for _, client in ipairs(gone) do
    redis.call('ZREM', DUE, client)
    redis.call('HDEL', WHO, client)
    redis.call('SREM', LEAVING, client)
    uncount(client)
    append('{"left":{"client":"' .. client .. '"}}')
  end
  local names = redis.call('HKEYS', LOCKS)
  table.sort(names)
  for _, name in ipairs(names) do
    local lock = read_lock(name)
    local dropped
    lock.queue, dropped = without(lock.queue, function(client) return not present(client) end)
    if not present(lock.holder) then
      pass_on(name, lock)
    elseif dropped then
      write_lock(name, lock)
      tell_lock(name, lock)
    end
  end
end

-- Begins a script about presence or locks: whoever's lease has run out leaves first.
local function enter()
  open()
  local time = redis.call('TIME')
  NOW = time[1] * 1000 + math.floor(time[2] / 1000)
  leave(redis.call('ZRANGEBYSCORE', DUE, '-inf', NOW))
end

