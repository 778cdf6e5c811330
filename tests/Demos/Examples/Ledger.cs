using System.Text.Json;

using Akka.Actor;

namespace RaftActors.Examples;

/// <summary>
/// Accounts with the same balances on all nodes. A pair is a booking: its key is the account, its value the amount. No account is
/// overdrawn: <see cref="HandleAppend"/> checks each booking, in the same order on every node. Snapshots of the balances bound the log.
/// </summary>
internal class Ledger : RaftActor<int, BookingResult>, IRaftSnapshot<byte[]>
{
    private Dictionary<string, int> _balances = [];
    private readonly IActorRef _watcher;

    public Ledger(IActorRef watcher)
    {
        _watcher = watcher;
        Receive<Book>(book => Group.Append(book.Account, book.Amount, replyTo: Sender));
        Receive<GetBalance>(get => Sender.Tell(BalanceOf(get.Account)));
        Receive<ReadBalance>(read => Group.Query(read, replyTo: Sender));
        Receive<Exception>(trouble => throw trouble);
    }

    public byte[] TakeSnapshot(Serial serial) => JsonSerializer.SerializeToUtf8Bytes(_balances);

    public void RestoreSnapshot(Serial serial, byte[] state) =>
        _balances = JsonSerializer.Deserialize<Dictionary<string, int>>(state) ?? [];

    protected override RaftCodec<BookingResult> ResultCodec => RaftCodec.Json<BookingResult>();

    protected override BookingResult HandleAppend(Entry<int> entry)
    {
        // Invariant: no balance is negative. Every node refuses the same bookings, because every node gets the same pairs in order.
        var balance = BalanceOf(entry.Key) + entry.Value;
        if (balance < 0)
        {
            return new BookingResult(IsBooked: false, BalanceOf(entry.Key));
        }

        _balances[entry.Key] = balance;
        _watcher.Tell(new Booked(entry.Serial.Value, entry.Key, entry.Value));
        return new BookingResult(IsBooked: true, balance);
    }

    protected override object? HandleQuery(object question) => question is ReadBalance read ? BalanceOf(read.Account) : null;

    // Spares the log a booking that is refused anyway. It does not see the bookings in flight, so HandleAppend checks again.
    protected override string? HandleProposal(Proposal<int> proposal) =>
        BalanceOf(proposal.Key) + proposal.Value < 0 ? $"{proposal.Key} would be overdrawn" : null;

    protected override void HandleLeader(Leader? leader) =>
        _watcher.Tell(leader is null ? "nobody leads" : leader.IsSelf ? "I lead" : $"{leader.Name} leads");

    protected override void HandleQuorum(Quorum? quorum) =>
        _watcher.Tell(quorum is null ? "no quorum" : $"quorum of {quorum.Members.Length}");

    private int BalanceOf(string account) => _balances.GetValueOrDefault(account);
}

/// <summary>
/// Adds to an account, or takes from it. The sender receives an <see cref="Outcome{TResult}"/>. The result of a committed booking is a
/// <see cref="BookingResult"/>.
/// </summary>
internal sealed record Book(string Account, int Amount);

/// <summary>Whether a committed booking was applied, and the balance after it.</summary>
internal sealed record BookingResult(bool IsBooked, int Balance);

/// <summary>Returns the balance on this node at once, as an int. It may be stale.</summary>
internal sealed record GetBalance(string Account);

/// <summary>Reads the balance linearizably, on any node. The sender receives an <see cref="Outcome{TResult}"/> of object.</summary>
internal sealed record ReadBalance(string Account) : IRaftQuestion<int>;

/// <summary>Sent to the watcher for each applied booking.</summary>
internal sealed record Booked(long Serial, string Account, int Amount);
