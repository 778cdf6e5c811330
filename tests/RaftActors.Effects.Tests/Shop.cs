using System.Text.Json.Serialization;

namespace RaftActors.Effects.Tests;

/// <summary>The values of a shop. The name of an order's mails is the key of its pair.</summary>
[JsonDerivedType(typeof(Order), "order")]
[JsonDerivedType(typeof(MailEnded), "ended")]
internal abstract record ShopValue;

/// <summary>Asks for mails with these texts.</summary>
internal sealed record Order(params string[] Mails) : ShopValue;

internal sealed record MailEnded(EffectEnd End) : ShopValue;

internal sealed record ShopState(OutboxState<string> Outbox, List<string> Ended);

[JsonSerializable(typeof(ShopValue))]
[JsonSerializable(typeof(ShopState))]
internal sealed partial class ShopJson : JsonSerializerContext;

/// <summary>Sends mails, and remembers how they ended.</summary>
internal sealed class Shop : RaftActor<ShopValue>, IRaftSnapshot<ShopState>
{
    private readonly RaftOutbox<string> _outbox;

    public Shop(Func<RaftEffect<string>, CancellationToken, Task> send, RaftOutboxOptions<string>? options = null)
    {
        _outbox = new RaftOutbox<string>(Context, send, end => Group.Append("outbox", new MailEnded(end)), options);
        Receive<OutboxTurn>(_outbox.Run);
        Receive<Exception>(cause => throw cause);
        Receive<Entry<ShopValue>>(entry => HandleAppend(entry));
        Receive<string>(text => text == "deaf", _ => BecomeStacked(() => Receive<string>(_ => UnbecomeStacked())));
        Receive<string>(_ => Sender.Tell(TakeSnapshot(Serial.Zero)));
    }

    public List<string> Ended { get; private set; } = [];

    public int Kept => _outbox.Count;

    public ShopState TakeSnapshot(Serial serial) => new(_outbox.ToState(), [.. Ended]);

    public void RestoreSnapshot(Serial serial, ShopState state)
    {
        _outbox.Restore(state.Outbox);
        Ended = [.. state.Ended];
    }

    protected override void HandleLeader(Leader? leader) => _outbox.HandleLeader(leader);

    protected override string? HandleProposal(Proposal<ShopValue> proposal) =>
        proposal.Value is Order { Mails: [var first, ..] } ? _outbox.FindExcess(first) : null;

    protected override object? HandleAppend(Entry<ShopValue> entry)
    {
        switch (entry.Value)
        {
            case Order order:
                foreach (var mail in order.Mails)
                {
                    _outbox.Do(entry, entry.Key, mail);
                }

                break;
            case MailEnded { End: var end } when _outbox.Apply(entry, end) is { } ended:
                Ended.Add($"{ended.Name}/{ended.Value}: {ended.Failure ?? "done"}");
                break;
        }

        return null;
    }
}
