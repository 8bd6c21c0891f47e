-- MSGin5G (3GPP TS 24.538) in CoAP, for Wireshark 4 and tshark: every member of a message by its name, in every
-- spelling that the client reads, over UDP, TCP, TLS and DTLS.
--
--   wireshark -X lua_script:tools/wireshark/msgin5g.lua -o tls.keylog_file:keys.log exchange.pcap
--
-- CoAP on other ports than 5683 and 5684 needs "Decode As" (for streams: MSGIN5G_COAP); TLS that agreed on the ALPN
-- protocol `coap` does not. Filters: `msgin5g`, `msgin5g.message_type == "MSG"`.
--
-- The names are those of src/message/wire.rs. A test holds them against each other.

local msgin5g = Proto("msgin5g", "MSGin5G")

-- Members: name as it is sent, shape, other spellings. Only letters and digits count, in either case.
local MEMBERS = {
  { "MSGin5G service identifier", "text", "msgin5gserviceid" },
  { "Message Type", "text" },
  { "UE Service ID", "text" },
  { "UE credential information", "text" },
  { "MSGin5G Client Profile", "object" },
  { "MSGin5G Client Triggering Information", "object" },
  { "UE Identifier", "text" },
  { "Port number", "integer", "portnumbers" },
  { "Associated protocol", "text" },
  { "MSGin5G Client Communication Availability", "object" },
  { "Scheduled communication time", "text" },
  { "Communication duration", "integer" },
  { "Periodic communication indicator", "boolean" },
  { "Periodic communication interval", "integer" },
  { "MSGin5G Client Supported Maximum MSGin5G segment size", "integer" },
  { "Registration result", "text" },
  { "De-registration result", "text" },
  { "Registration urgent degree", "boolean" },
  { "Registration request expiration time", "integer", "waittime" },
  { "Expected registration time", "text" },
  { "Number of individual MSGin5G UE registration requests", "integer" },
  { "List of individual MSGin5G UE registration request", "object", "listofindividualmsgin5gueregistrationrequests" },
  { "Number of individual MSGin5G UE registration responses", "integer" },
  { "List of individual MSGin5G UE registration response", "object", "listofindividualmsgin5gueregistrationresponses" },
  { "Originating UE Service ID", "text", "originatingueserviceidasserviceid", "originatoraddress", "oriaddr" },
  { "Originating AS Service ID", "text" },
  { "Recipient UE Service ID", "text", "recipientueserviceidasserviceid", "destaddr", "targetaddress" },
  { "Recipient AS Service ID", "text" },
  { "Recipient Group Service ID", "text", "groupserviceid", "recipientgroupid", "groupid" },
  { "Broadcast Area ID", "text" },
  { "Messaging Topic", "text", "messagingtopics", "msgtopics" },
  { "Message ID", "text", "msgid" },
  { "Application ID", "text", "appid" },
  { "Delivery status required", "boolean", "delivstreqind" },
  { "Payload", "text" },
  { "Priority type", "text", "priority" },
  { "Store and forward flag", "boolean", "stoandfwind" },
  { "Store and forward parameters", "object", "stoandfwparams" },
  { "Message expiration time", "text", "exprtime" },
  { "Message is segmented", "boolean", "segind" },
  { "Segmentation Set Identifier", "text", "segid" },
  { "Total number of message segments", "integer", "totalsegcount" },
  { "Message segment number", "integer", "segnumb" },
  { "Last segment flag", "boolean", "lastsegflag" },
  { "segParams", "object" },
  { "List of Segment range", "text", "listofsegmentranges" },
  { "start", "integer" },
  { "end", "integer" },
  { "Result", "text" },
  { "Delivery Status", "text", "delivst", "status" },
  { "Failure Cause", "text" },
  { "Number of individual messages", "integer" },
  { "List of individual messages", "object" },
  { "Subscription status", "text", "substat" },
  { "Expiration", "text", "exprtime" },
  { "Destination address", "text" },
  { "addrType", "text" },
  { "addr", "text" },
}

-- A spelling that means two members is the first one inside this member and the second one elsewhere.
local INSIDE = { exprtime = "store_and_forward_parameters" }

local MESSAGE_TYPES = {
  REG = "Registration", DEREG = "De-registration", MSG = "Message", MSGRESP = "Message response",
  IMDN = "Delivery report", SEGREC = "Segments recovery", SEGCONFIR = "Segments confirmation",
  MSGUPD = "Stored message update",
}

local function fold(name)
  return (name:gsub("[^%w]", ""):lower())
end

-- `Message ID` becomes `message_id`, the last part of the filter msgin5g.message_id.
local function abbreviation(name)
  return (name:lower():gsub("[^%w]+", "_"))
end

local by_spelling, fields = {}, {}
for _, row in ipairs(MEMBERS) do
  local name, shape = row[1], row[2]
  local member = { name = name, abbr = abbreviation(name), shape = shape }
  local filter = "msgin5g." .. member.abbr
  if shape == "integer" then
    member.field = ProtoField.uint32(filter, name)
  elseif shape == "boolean" then
    member.field = ProtoField.bool(filter, name)
  else
    member.field = ProtoField.string(filter, name)
  end
  table.insert(fields, member.field)
  for i = 1, #row do
    if i ~= 2 then
      local spelling = fold(row[i])
      by_spelling[spelling] = by_spelling[spelling] or {}
      table.insert(by_spelling[spelling], member)
    end
  end
end
local unknown = ProtoField.string("msgin5g.unknown", "Unknown member")
table.insert(fields, unknown)
msgin5g.fields = fields

local no_json = ProtoExpert.new("msgin5g.no_json", "The payload is no JSON", expert.group.MALFORMED, expert.severity.ERROR)
local no_member = ProtoExpert.new("msgin5g.unknown_member", "No member has this name", expert.group.UNDECODED, expert.severity.NOTE)
msgin5g.experts = { no_json, no_member }

local function member_of(name, inside)
  local found = by_spelling[fold(name)]
  if not found then return nil end
  local wanted = INSIDE[fold(name)]
  if wanted and inside ~= wanted then return found[2] end
  return found[1]
end

-- JSON: each value is { kind, value or members or items, first, last } with the octets where it stands.

local function utf8_of(code)
  if code < 0x80 then return string.char(code) end
  if code < 0x800 then return string.char(0xc0 + math.floor(code / 64), 0x80 + code % 64) end
  local tail = string.char(0x80 + math.floor(code / 64) % 64, 0x80 + code % 64)
  if code < 0x10000 then return string.char(0xe0 + math.floor(code / 4096)) .. tail end
  return string.char(0xf0 + math.floor(code / 262144), 0x80 + math.floor(code / 4096) % 64) .. tail
end

local ESCAPES = { b = "\b", f = "\f", n = "\n", r = "\r", t = "\t", ['"'] = '"', ["\\"] = "\\", ["/"] = "/" }

local function unescape(text)
  -- Pairs of surrogates first: they are one character.
  text = text:gsub("\\u([dD][89abAB]%x%x)\\u([dD][c-fC-F]%x%x)", function(high, low)
    local code = 0x10000 + (tonumber(high, 16) - 0xd800) * 1024 + tonumber(low, 16) - 0xdc00
    return utf8_of(code)
  end)
  return (text:gsub("\\(.)(%x?%x?%x?%x?)", function(letter, digits)
    if letter == "u" and #digits == 4 then return utf8_of(tonumber(digits, 16)) end
    return (ESCAPES[letter] or letter) .. digits
  end))
end

local DEEPEST = 16
local parse_value

local function skip_space(s, at)
  return s:find("[^ \t\r\n]", at) or #s + 1
end

local function parse_string(s, at)
  local from = at + 1
  while true do
    local stop = s:find('["\\]', from)
    if not stop then error("a string without an end", 0) end
    if s:sub(stop, stop) == '"' then
      return { kind = "text", value = unescape(s:sub(at + 1, stop - 1)), first = at, last = stop }
    end
    from = stop + 2
  end
end

-- An object or an array: `item` reads what stands between the commas.
local function parse_list(s, at, close, item)
  local first = at
  at = skip_space(s, at + 1)
  if s:sub(at, at) == close then return first, at end
  while true do
    at = skip_space(s, item(at))
    local octet = s:sub(at, at)
    if octet == close then return first, at end
    if octet ~= "," then error("no comma", 0) end
    at = skip_space(s, at + 1)
  end
end

function parse_value(s, at, depth)
  if depth > DEEPEST then error("too deep", 0) end
  at = skip_space(s, at)
  local octet = s:sub(at, at)
  if octet == '"' then return parse_string(s, at) end
  if octet == "{" then
    local members = {}
    local first, last = parse_list(s, at, "}", function(from)
      if s:sub(from, from) ~= '"' then error("no name", 0) end
      local name = parse_string(s, from)
      local colon = skip_space(s, name.last + 1)
      if s:sub(colon, colon) ~= ":" then error("no colon", 0) end
      local value = parse_value(s, colon + 1, depth + 1)
      table.insert(members, { name = name, value = value })
      return value.last + 1
    end)
    return { kind = "object", members = members, first = first, last = last }
  end
  if octet == "[" then
    local items = {}
    local first, last = parse_list(s, at, "]", function(from)
      local value = parse_value(s, from, depth + 1)
      table.insert(items, value)
      return value.last + 1
    end)
    return { kind = "array", items = items, first = first, last = last }
  end
  local word = s:match("^[%w%+%-%.]+", at)
  if not word then error("no value", 0) end
  local value = { kind = "word", value = word, first = at, last = at + #word - 1 }
  if tonumber(word) then
    value.kind = "number"
  elseif word == "true" or word == "false" then
    value.kind = "boolean"
  elseif word ~= "null" then
    error("an unknown word", 0)
  end
  return value
end

local function parse(s)
  local value = parse_value(s, 1, 1)
  if skip_space(s, value.last + 1) <= #s then error("more than one value", 0) end
  return value
end

-- The tree.

local YES = { ["true"] = true, ["1"] = true, yes = true, ["false"] = false, ["0"] = false, no = false }

local add_members

-- One value of a member, or one item of its array.
local function add_value(tree, member, value, range, raw)
  if value.kind == "array" then
    for _, item in ipairs(value.items) do add_value(tree, member, item, range, raw) end
  elseif value.kind == "object" then
    local label = member.name
    -- A tree needs no value of its own.
    local below = tree:add(msgin5g, range(value.first - 1, value.last - value.first + 1), label)
    add_members(below, value, range, raw, member.abbr)
  else
    local place = range(value.first - 1, value.last - value.first + 1)
    local number = tonumber(value.value)
    local whole = number and number >= 0 and number < 2 ^ 32 and number % 1 == 0
    local yes = YES[tostring(value.value):lower()]
    if member.shape == "integer" and whole then
      tree:add(member.field, place, number)
    elseif member.shape == "boolean" and yes ~= nil then
      tree:add(member.field, place, yes)
    elseif member.shape == "integer" or member.shape == "boolean" then
      -- The filter of such a member has no text; it is shown all the same.
      tree:add(unknown, place, member.name .. ": " .. value.value):add_proto_expert_info(no_member)
    else
      local item = tree:add(member.field, place, value.value)
      local means = member.abbr == "message_type" and MESSAGE_TYPES[value.value:upper()]
      if means then item:append_text(" (" .. means .. ")") end
    end
  end
end

function add_members(tree, object, range, raw, inside)
  for _, pair in ipairs(object.members) do
    local member = member_of(pair.name.value, inside)
    if member then
      add_value(tree, member, pair.value, range, raw)
    else
      local first, last = pair.name.first, pair.value.last
      local place = range(first - 1, last - first + 1)
      tree:add(unknown, place, raw:sub(first, last)):add_proto_expert_info(no_member)
    end
  end
end

-- What the list of packets says: type, from whom, to whom.
local function summary(object)
  local seen = {}
  local function note(value, inside)
    for _, pair in ipairs(value.members) do
      local member = member_of(pair.name.value, inside)
      if member then
        local inner = pair.value
        if inner.kind == "array" then inner = inner.items[1] or inner end
        if inner.kind == "object" then
          for _, part in ipairs(inner.members) do
            if fold(part.name.value) == "addr" then seen[member.abbr] = seen[member.abbr] or part.value.value end
          end
        else
          seen[member.abbr] = seen[member.abbr] or inner.value
        end
      end
    end
  end
  note(object, nil)
  local words = { seen.message_type or "answer" }
  local from = seen.originating_ue_service_id or seen.originating_as_service_id or seen.ue_service_id
  local to = seen.recipient_ue_service_id or seen.recipient_as_service_id or seen.recipient_group_service_id
    or seen.broadcast_area_id or seen.messaging_topic
  if from then table.insert(words, from) end
  if to then table.insert(words, "-> " .. to) end
  if seen.delivery_status then table.insert(words, "(" .. seen.delivery_status .. ")") end
  if seen.message_segment_number then table.insert(words, "segment " .. seen.message_segment_number) end
  return table.concat(words, " ")
end

-- A payload of CoAP is ours if it is an object in which a name is one of ours.
local function is_ours(value)
  if value.kind ~= "object" then return false end
  for _, pair in ipairs(value.members) do
    if by_spelling[fold(pair.name.value)] then return true end
  end
  return false
end

-- Shows what a CoAP message carries, if it is ours.
local function show(range, pinfo, tree)
  local raw = range:raw()
  if not raw:find("^%s*{") then return end
  local ok, value = pcall(parse, raw)
  if not ok then
    tree:add(msgin5g, range, "MSGin5G: no JSON"):add_proto_expert_info(no_json, "no JSON: " .. tostring(value))
  elseif is_ours(value) then
    local told = summary(value)
    local top = tree:add(msgin5g, range, "MSGin5G: " .. told)
    add_members(top, value, range, raw, nil)
    pinfo.cols.info:append(" | MSGin5G " .. told)
  end
end

-- Datagrams: Wireshark's CoAP dissector has found the payload.

local coap_payload = Field.new("coap.payload")

function msgin5g.dissector(_, pinfo, tree)
  for _, info in ipairs({ coap_payload() }) do show(info.range, pinfo, tree) end
end

register_postdissector(msgin5g)

-- Streams: CoAP with a length in front (RFC 8323). Wireshark 4.0 reads what is in TLS as if it were a datagram, and
-- one message a segment, so this is done here.

local stream = Proto("msgin5g_coap", "CoAP over a stream")

local CODES = {
  ["0.00"] = "Empty", ["0.01"] = "GET", ["0.02"] = "POST", ["0.03"] = "PUT", ["0.04"] = "DELETE",
  ["2.01"] = "Created", ["2.02"] = "Deleted", ["2.03"] = "Valid", ["2.04"] = "Changed", ["2.05"] = "Content",
  ["4.00"] = "Bad Request", ["4.01"] = "Unauthorized", ["4.02"] = "Bad Option", ["4.03"] = "Forbidden",
  ["4.04"] = "Not Found", ["4.05"] = "Method Not Allowed", ["4.06"] = "Not Acceptable", ["4.09"] = "Conflict",
  ["4.13"] = "Request Entity Too Large", ["4.15"] = "Unsupported Content-Format",
  ["4.29"] = "Too Many Requests", ["5.00"] = "Internal Server Error", ["5.01"] = "Not Implemented",
  ["5.03"] = "Service Unavailable", ["5.04"] = "Gateway Timeout",
  ["7.01"] = "CSM", ["7.02"] = "Ping", ["7.03"] = "Pong", ["7.04"] = "Release", ["7.05"] = "Abort",
}

-- Options of requests and responses: name, and how the value reads. In signals a number means something else.
local OPTIONS = {
  [3] = { "Uri-Host", "text" }, [6] = { "Observe", "uint" }, [7] = { "Uri-Port", "uint" },
  [8] = { "Location-Path", "text" }, [11] = { "Uri-Path", "text" }, [12] = { "Content-Format", "uint" },
  [14] = { "Max-Age", "uint" }, [15] = { "Uri-Query", "text" }, [17] = { "Accept", "uint" },
  [23] = { "Block2", "uint" }, [27] = { "Block1", "uint" }, [60] = { "Size1", "uint" },
}
local SIGNALS = {
  ["7.01"] = { [2] = { "Max-Message-Size", "uint" }, [4] = { "Block-Wise-Transfer", "uint" } },
  ["7.02"] = { [2] = { "Custody", "uint" } }, ["7.03"] = { [2] = { "Custody", "uint" } },
  ["7.04"] = { [2] = { "Alternative-Address", "text" }, [4] = { "Hold-Off", "uint" } },
  ["7.05"] = { [2] = { "Bad-CSM-Option", "uint" } },
}

local code_field = ProtoField.string("msgin5g_coap.code", "Code")
local token_field = ProtoField.bytes("msgin5g_coap.token", "Token")
local option_field = ProtoField.string("msgin5g_coap.option", "Option")
local payload_field = ProtoField.bytes("msgin5g_coap.payload", "Payload")
stream.fields = { code_field, token_field, option_field, payload_field }
local bad_option = ProtoExpert.new("msgin5g_coap.bad", "The options do not end", expert.group.MALFORMED, expert.severity.ERROR)
stream.experts = { bad_option }

-- The whole frame, its header, and the length of the token: nil if that cannot be told yet.
local function frame_at(tvb, at)
  local left = tvb:len() - at
  if left < 1 then return nil end
  local first = tvb(at, 1):uint()
  local length, token = math.floor(first / 16), first % 16
  local extended = ({ [13] = 1, [14] = 2, [15] = 4 })[length] or 0
  if left < 1 + extended then return nil end
  if extended > 0 then
    length = tvb(at + 1, extended):uint() + ({ [13] = 13, [14] = 269, [15] = 65805 })[length]
  end
  local header = 1 + extended + 1
  return header + token + length, header, token
end

-- The 4 bits of an option's delta or length, and what of them stands behind.
local function extended_number(tvb, nibble, at, stop)
  if nibble < 13 then return nibble, at end
  local size = nibble - 12
  if nibble == 15 or at + size > stop then return nil end
  return tvb(at, size):uint() + (size == 1 and 13 or 269), at + size
end

local function show_options(tvb, at, stop, names, tree)
  local number, path = 0, ""
  while at < stop do
    local first = tvb(at, 1):uint()
    if first == 0xff then return at + 1, path end
    local from, delta, length = at, nil, nil
    delta, at = extended_number(tvb, math.floor(first / 16), at + 1, stop)
    if delta then length, at = extended_number(tvb, first % 16, at, stop) end
    if not delta or not length or at + length > stop then
      tree:add(option_field, tvb(from, stop - from), "?"):add_proto_expert_info(bad_option)
      return stop, path
    end
    number = number + delta
    local known = names[number] or { "Option " .. number, "bytes" }
    local value = ""
    if length > 0 then
      local range = tvb(at, length)
      if known[2] == "text" then
        value = range:string()
      elseif known[2] == "uint" and length <= 4 then
        value = tostring(range:uint())
      else
        value = tostring(range:bytes())
      end
    elseif known[2] == "uint" then
      value = "0"
    end
    if known[1] == "Uri-Path" then path = path .. "/" .. value end
    tree:add(option_field, tvb(from, at + length - from), known[1] .. ": " .. value)
    at = at + length
  end
  return stop, path
end

local function show_frame(tvb, at, length, header, token, pinfo, tree)
  local octet = tvb(at + header - 1, 1):uint()
  local code = string.format("%d.%02d", math.floor(octet / 32), octet % 32)
  local words = code .. (CODES[code] and " " .. CODES[code] or "")
  local top = tree:add(stream, tvb(at, length), "CoAP over a stream: " .. words)
  top:add(code_field, tvb(at + header - 1, 1), words)
  if token > 0 then top:add(token_field, tvb(at + header, token)) end
  local stop = at + length
  local names = SIGNALS[code] or OPTIONS
  local payload, path = show_options(tvb, at + header + token, stop, names, top)
  pinfo.cols.info:append(" | " .. words .. (path ~= "" and " " .. path or ""))
  if payload < stop then
    local range = tvb(payload, stop - payload)
    top:add(payload_field, range)
    show(range, pinfo, tree)
  end
end

function stream.dissector(tvb, pinfo, tree)
  local at = 0
  pinfo.cols.protocol = "CoAP"
  pinfo.cols.info = "CoAP"
  while at < tvb:len() do
    local length, header, token = frame_at(tvb, at)
    local left = tvb:len() - at
    if not length or length > left then
      pinfo.desegment_offset = at
      pinfo.desegment_len = length and length - left or DESEGMENT_ONE_MORE_SEGMENT
      return
    end
    show_frame(tvb, at, length, header, token, pinfo, tree)
    at = at + length
  end
  -- Another record in the same packet adds to this.
  pinfo.cols.info:fence()
end

DissectorTable.get("tcp.port"):add(5683, stream)
DissectorTable.get("tls.port"):add(5684, stream)
-- RFC 8323 section 8.2: the protocol of CoAP over TLS, on whatever port.
DissectorTable.get("tls.alpn"):add("coap", stream)
