using System.Text.Json.Serialization;

using RaftActors.Effects;

namespace RaftActors.Examples;

/// <summary>A change of <see cref="MailingOrders"/>. The key of its pair is the customer.</summary>
[JsonDerivedType(typeof(PlaceOrder), "place")]
[JsonDerivedType(typeof(MailEnded), "mail-ended")]
public abstract record OrderChange;

public sealed record PlaceOrder(string Product) : OrderChange;

public sealed record MailEnded(EffectEnd End) : OrderChange;

public sealed record Mail(string To, string Text);

public sealed record OrdersState(List<string> Orders, List<string> Unreached, OutboxState<Mail> Outbox);

[JsonSerializable(typeof(OrderChange))]
[JsonSerializable(typeof(OrdersState))]
internal sealed partial class OrdersJson : JsonSerializerContext;

/// <summary>Orders, each of which sends a mail. It remembers the customers whose mail has failed for good.</summary>
public sealed class MailingOrders : RaftActor<OrderChange, bool>, IRaftSnapshot<OrdersState>
{
    private readonly RaftOutbox<Mail> _outbox;
    private List<string> _orders = [];
    private List<string> _unreached = [];

    public MailingOrders(IMailServer server)
    {
        _outbox = new RaftOutbox<Mail>(
            Context,
            (mail, cancelled) => server.SendAsync(mail.Value, mail.Number, mail.Token, cancelled),
            end => Group.Append("outbox", new MailEnded(end)),
            new() { AttemptsMax = 50 });
        Receive<OutboxTurn>(_outbox.Run);
    }

    protected override void HandleLeader(Leader? leader) => _outbox.HandleLeader(leader);

    protected override bool HandleAppend(Entry<OrderChange> entry)
    {
        switch (entry.Value)
        {
            case PlaceOrder(var product):
                _orders.Add($"{entry.Key}: {product}");
                _outbox.Do(entry, name: entry.Key, MailOf(entry.Key, product));
                break;
            case MailEnded(var end):
                if (_outbox.Apply(entry, end) is { Failure: not null } failed)
                {
                    _unreached.Add(failed.Value.To);
                }

                break;
        }

        return true;
    }

    protected override string? HandleProposal(Proposal<OrderChange> proposal) =>
        proposal.Value is PlaceOrder(var product) ? _outbox.FindExcess(MailOf(proposal.Key, product)) : null;

    public OrdersState TakeSnapshot(Serial serial) => new([.. _orders], [.. _unreached], _outbox.ToState());

    public void RestoreSnapshot(Serial serial, OrdersState state)
    {
        (_orders, _unreached) = ([.. state.Orders], [.. state.Unreached]);
        _outbox.Restore(state.Outbox);
    }

    private static Mail MailOf(string customer, string product) => new(customer, $"Your {product} is on its way.");
}

public interface IMailServer
{
    Task SendAsync(Mail mail, long number, long token, CancellationToken cancelled);
}

/// <summary>A receiver that acts once for each number, and refuses former leaders. A database does both in one transaction.</summary>
public sealed class MailServer : IMailServer
{
    private readonly HashSet<long> _numbers = [];
    private long _token;

    public List<string> Sent { get; } = [];

    public Task SendAsync(Mail mail, long number, long token, CancellationToken cancelled)
    {
        if (token < _token)
        {
            throw new InvalidOperationException($"{token} is the token of a former leader, and {_token} was here.");
        }

        _token = token;
        if (_numbers.Add(number))
        {
            Sent.Add($"{mail.To}: {mail.Text}");
        }

        return Task.CompletedTask;
    }
}
