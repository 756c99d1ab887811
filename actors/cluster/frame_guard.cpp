#include "actors/cluster/frame_guard.hpp"

#include "actors/cluster/frame_reader.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace callboard::actors {

namespace {

enum operation : std::uint8_t {
  op_server_handshake,
  op_client_handshake,
  op_direct_message,
  op_routed_message,
  op_monitor_message,
  op_down_message,
  op_heartbeat,
};

// Receiver by name: only CAF's own helpers do that, and nobody needs them.
constexpr std::uint8_t named_receiver = 0x01;
// A client repeats its handshake on the connection that it selects.
constexpr std::uint8_t selects_connection = 0x02;

constexpr std::uint64_t async_message = 0x1000000000000000;
constexpr std::uint64_t urgent_message = 0;

// What a handshake or the news of a dead actor may need.
constexpr std::size_t small_payload = 64 * 1024;

// Of node ids that are made of a host and a process: caf::atom("default").
constexpr std::string_view node_kind{"\x00\x00\x3e\x9a\xab\x9b\xac\x79", 8};

constexpr bool passes = true;
constexpr bool vanishes = false;

error refusal(std::string why) {
  return {errc::permission_denied, std::move(why)};
}

} // namespace

struct frame_guard::header {
  std::uint8_t operation = 0;
  std::uint8_t flags = 0;
  std::uint32_t length = 0;
  std::uint64_t data = 0;
  std::uint64_t source = 0;
  std::uint64_t dest = 0;

  static header read(std::string_view bytes) {
    frame_reader in{bytes};
    header x;
    x.operation = static_cast<std::uint8_t>(in.number(1));
    in.skip(2);
    x.flags = static_cast<std::uint8_t>(in.number(1));
    x.length = static_cast<std::uint32_t>(in.number(4));
    x.data = in.number(8);
    x.source = in.number(8);
    x.dest = in.number(8);
    return x;
  }
};

frame_guard::frame_guard(frame_rules rules) : rules_{std::move(rules)} {}

result<void> frame_guard::take(std::string_view bytes, passed& through) {
  if (refused_)
    return refusal("the peer was refused before");
  auto refuse = [this](error why) -> result<void> {
    refused_ = true;
    frame_ = {};
    return why;
  };
  while (!bytes.empty()) {
    auto feed = [&](std::size_t wanted) {
      auto part = bytes.substr(0, wanted - std::min(wanted, frame_.size()));
      frame_.append(part);
      bytes.remove_prefix(part.size());
      return frame_.size() >= wanted;
    };
    if (!feed(header_size))
      return {};
    auto head = header::read(frame_);
    // Checked again with each piece of a long frame: that is cheap.
    if (auto good = check_header(head); !good)
      return refuse(good.error());
    if (!feed(header_size + head.length))
      return {};
    auto verdict
        = check_frame(head, std::string_view{frame_}.substr(header_size));
    if (!verdict)
      return refuse(verdict.error());
    if (*verdict == passes) {
      through.bytes += frame_;
      if (head.operation == op_direct_message)
        through.messages.push_back(frame_.size());
    }
    if (frame_.capacity() > small_payload)
      frame_ = {};
    else
      frame_.clear();
  }
  return {};
}

result<void> frame_guard::check_header(const header& head) const {
  auto limit = rules_.payload_limit;
  switch (head.operation) {
  case op_server_handshake:
    if (rules_.ours != frame_rules::side::dialled || !peer_.empty())
      return refusal("a server handshake out of turn");
    limit = small_payload;
    break;
  case op_client_handshake:
    if (rules_.ours != frame_rules::side::accepted)
      return refusal("a client handshake out of turn");
    limit = node_size;
    break;
  case op_direct_message:
    break;
  case op_monitor_message:
    limit = 2 * node_size;
    break;
  case op_down_message:
    limit = small_payload;
    break;
  case op_heartbeat:
    limit = 0;
    break;
  case op_routed_message:
    return refusal("it wants to relay; only direct messages are served");
  default:
    return refusal("no frame of this protocol (operation "
                   + std::to_string(head.operation) + ")");
  }
  if (head.length > limit)
    return refusal("a frame of " + std::to_string(head.length)
                   + " bytes; at most " + std::to_string(limit)
                   + " are allowed here");
  if (peer_.empty() && head.operation != op_server_handshake
      && head.operation != op_client_handshake)
    return refusal("no handshake");
  return {};
}

result<bool> frame_guard::check_frame(const header& head,
                                      std::string_view payload) {
  switch (head.operation) {
  case op_server_handshake:
    if (head.data == 0)
      return refusal("a handshake without a version");
    return server_handshake(payload);
  case op_client_handshake:
    return client_handshake(head, payload);
  case op_direct_message:
    return direct_message(head, payload);
  case op_monitor_message:
    return monitor_message(head, payload);
  case op_down_message:
    return down_message(head, payload);
  default:
    if (head.data != 0 || head.source != 0 || head.dest != 0)
      return refusal("a malformed heartbeat");
    return passes;
  }
}

namespace {

bool is_node(std::string_view bytes) {
  return bytes.size() == frame_guard::node_size && bytes.starts_with(node_kind);
}

} // namespace

// node, list of application names, actor, set of signatures
result<bool> frame_guard::server_handshake(std::string_view payload) {
  frame_reader in{payload};
  auto node = in.bytes(node_size);
  if (!in.good() || !is_node(node))
    return refusal("a handshake without a proper node id");
  if (node == rules_.own_node)
    return refusal("it has the node id of this process: two nodes must not "
                   "have the same host and process id");
  auto skip_texts = [&] {
    auto count = in.size();
    for (std::uint64_t i = 0; in.good() && i < count; ++i)
      in.text();
  };
  skip_texts();
  in.skip(8);
  skip_texts();
  if (!in.at_end())
    return refusal("a malformed handshake");
  peer_ = node;
  return passes;
}

result<bool> frame_guard::client_handshake(const header& head,
                                           std::string_view payload) {
  if (head.source != 0 || head.dest != 0 || head.data != 0
      || (head.flags & ~selects_connection) != 0 || !is_node(payload))
    return refusal("a malformed handshake");
  if (payload == rules_.own_node)
    return refusal("it has the node id of this process: two nodes must not "
                   "have the same host and process id");
  if (!peer_.empty() && peer_ != payload)
    return refusal("a second handshake under another node id");
  peer_ = payload;
  return passes;
}

// forwarding stack (empty), 0 as 16 bits, type names, values
result<bool> frame_guard::direct_message(const header& head,
                                         std::string_view payload) {
  if (head.flags == named_receiver)
    return vanishes;
  if (head.flags != 0)
    return refusal("a message with unknown flags");
  if (head.data != async_message && head.data != urgent_message)
    return refusal("a request or response; only one-way messages are served");
  if (head.dest != rules_.actor)
    return refusal("a message to an actor that is none of its business");
  frame_reader in{payload};
  if (in.size() != 0 || !in.good())
    return refusal("a message with a forwarding stack");
  if (in.number(2) != 0 || !in.good())
    return refusal("a message of no known kind");
  auto name = in.text();
  constexpr std::string_view prefix = "@<>+";
  if (!in.good() || !name.starts_with(prefix)
      || !rules_.types.contains(std::string{name.substr(prefix.size())}))
    return refusal("a message that it may not send");
  if (head.source != 0 && !actors_.contains(head.source)) {
    if (actors_.size() >= rules_.actor_limit)
      return refusal("more than " + std::to_string(rules_.actor_limit)
                     + " of its actors talk");
    actors_.insert(head.source);
  }
  return passes;
}

// source node, destination node
result<bool> frame_guard::monitor_message(const header& head,
                                          std::string_view payload) const {
  if (head.flags != 0 || head.data != 0 || head.source != 0
      || payload != peer_ + rules_.own_node)
    return refusal("a malformed monitor message");
  // Also of actors that are gone already; CAF says so to the peer.
  if (head.dest != rules_.actor)
    return refusal("it wants to watch an actor that is none of its business");
  return passes;
}

// source node, destination node, code, category, context: a message
result<bool> frame_guard::down_message(const header& head,
                                       std::string_view payload) {
  frame_reader in{payload};
  auto nodes = in.bytes(2 * node_size);
  in.skip(1 + 8);
  auto kind = in.number(2);
  auto name = in.text();
  auto malformed = !in.good() || nodes != peer_ + rules_.own_node || kind != 0
                   || head.flags != 0 || head.data != 0 || head.dest != 0
                   || head.source == 0;
  if (name == "@<>+@str")
    in.text();
  else if (name != "@<>")
    malformed = true;
  if (malformed || !in.at_end())
    return refusal("malformed news of a dead actor");
  actors_.erase(head.source);
  return passes;
}

} // namespace callboard::actors
