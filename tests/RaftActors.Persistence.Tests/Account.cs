namespace RaftActors.Persistence.Tests;

/// <summary>A persistent actor whose state is the list of its events. It answers each command when it has ended.</summary>
internal sealed class Account : ReceivePersistentActor
{
    private List<string> _events = [];
    private IActorRef _asker = ActorRefs.Nobody;

    public Account(string id)
    {
        PersistenceId = id;
        Recover<string>(text => _events.Add(text));
        Recover<SnapshotOffer>(offer => _events = [.. ((string)offer.Snapshot).Split(',')]);
        Command<string>(text =>
        {
            var sender = Sender;
            Persist(text, saved =>
            {
                _events.Add(saved);
                sender.Tell(new Saved(LastSequenceNr));
            });
        });
        Command<string[]>(texts =>
        {
            var sender = Sender;
            PersistAll(texts, saved => _events.Add(saved));
            DeferAsync("", _ => sender.Tell(new Saved(LastSequenceNr)));
        });
        Command<Read>(_ => Sender.Tell(_events.ToArray()));
        Command<TakeSnapshot>(_ =>
        {
            _asker = Sender;
            SaveSnapshot(string.Join(',', _events));
        });
        Command<Delete>(delete =>
        {
            _asker = Sender;
            DeleteMessages(delete.To);
        });
        Command<SaveSnapshotSuccess>(_ => _asker.Tell(new Saved(LastSequenceNr)));
        Command<DeleteMessagesSuccess>(_ => _asker.Tell(new Saved(LastSequenceNr)));
    }

    public override string PersistenceId { get; }

    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr) =>
        Sender.Tell(new Rejected(cause));

    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr) => Sender.Tell(new Failed(cause));

    public sealed record Read;

    public sealed record TakeSnapshot;

    public sealed record Delete(long To);

    public sealed record Saved(long SequenceNr);

    public sealed record Rejected(Exception Cause);

    public sealed record Failed(Exception Cause);
}
