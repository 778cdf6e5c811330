using System.Text.Json;

using Akka.Actor;

using RaftActors.Core;

namespace RaftActors.Examples;

/// <summary>
/// Accounts that all nodes agree on. A pair is a booking: its key is the account, its value the amount. The balances take the place of old
/// bookings, so the log does not grow for ever.
/// </summary>
internal sealed class Ledger : RaftActor<int>, IRaftSnapshot<byte[]>
{
    private Dictionary<string, int> _balances = [];
    private readonly IActorRef _watcher;

    public Ledger(IActorRef watcher)
    {
        _watcher = watcher;
        Receive<Book>(book => Raft.Append(book.Account, book.Amount, replyTo: Sender));
        Receive<GetBalance>(get => Sender.Tell(BalanceOf(get.Account)));
        Receive<ReadBalance>(read => Raft.Query(read, replyTo: Sender));
        Receive<HandOver>(_ => Raft.TransferLeadership(replyTo: Sender));
        Receive<Exception>(trouble => throw trouble);
    }

    public byte[] TakeSnapshot(Serial serial) => JsonSerializer.SerializeToUtf8Bytes(_balances);

    public void RestoreSnapshot(Serial serial, byte[] state) =>
        _balances = JsonSerializer.Deserialize<Dictionary<string, int>>(state) ?? [];

    protected override object? HandleAppend(Entry<int> entry)
    {
        _balances[entry.Key] = BalanceOf(entry.Key) + entry.Value;
        _watcher.Tell(new Booked(entry.Serial.Value, entry.Key, entry.Value));
        return BalanceOf(entry.Key);
    }

    protected override object? HandleQuery(object question) => question is ReadBalance read ? BalanceOf(read.Account) : null;

    protected override Verdict HandleProposal(Proposal<int> proposal) =>
        BalanceOf(proposal.Key) + proposal.Value < 0 ? Verdict.Discard($"{proposal.Key} would be overdrawn") : Verdict.Accept;

    protected override void HandleLeader(Leader? leader) =>
        _watcher.Tell(leader is null ? "nobody leads" : leader.IsSelf ? "I lead" : $"{leader.Pid} leads");

    protected override void HandleQuorum(Quorum? quorum) => _watcher.Tell(quorum is null ? "no quorum" : $"quorum of {quorum.Size}");

    private int BalanceOf(string account) => _balances.GetValueOrDefault(account);
}

/// <summary>Puts money in, or takes it out.</summary>
internal sealed record Book(string Account, int Amount);

/// <summary>Answered with an int at once: what this node knows, which may be older than what another one has answered.</summary>
internal sealed record GetBalance(string Account);

/// <summary>Answered with a <see cref="QueryOutcome"/>: never older than the question, whichever node is asked.</summary>
internal sealed record ReadBalance(string Account);

/// <summary>Before its node is stopped: another one shall lead. Answered with a <see cref="ChangeOutcome"/>.</summary>
internal sealed record HandOver;

/// <summary>What a ledger tells its watcher about each booking.</summary>
internal sealed record Booked(long Serial, string Account, int Amount);
