using Akka.Actor;
using Akka.Event;

namespace RaftActors.Examples;

/// <summary>Keeps the same notes on every node.</summary>
public sealed class Notebook : RaftActor<string, int>
{
    private readonly SortedDictionary<Serial, string> _notes = [];

    // Any process may append. The leader writes the pair, a majority syncs it, and the sender gets the outcome.
    public Notebook() => Receive<string>(note => Group.Append("note", note, replyTo: Sender));

    // Three of four processes vote. The fourth one is a learner: it gets all pairs, and has no vote.
    protected override void HandleQuorum(Quorum? quorum) =>
        Context.GetLogger().Info("Quorum of {0}, member: {1}", quorum?.Members.Length, quorum?.IsMember);

    // The quorum elects the member with the highest serial.
    protected override void HandleLeader(Leader? leader) => Context.GetLogger().Info("Leader: {0}", leader?.Name);

    // Called on every node for every committed pair.
    protected override int HandleAppend(Entry<string> entry)
    {
        _notes[entry.Serial] = entry.Value;
        return _notes.Count;
    }

    // This actor lacks serials that the group has. After a restart the own log has them, else another process.
    protected override void HandleMissing(SerialRange gap) => Group.Get(gap);

    protected override void HandleSerial(Entry<string> entry) => _notes[entry.Serial] = entry.Value;

    // Another process asks for a pair.
    protected override Entry<string>? HandleGet(Serial serial) =>
        _notes.TryGetValue(serial, out var note) ? new Entry<string>(serial, "note", note) : null;
}
