namespace RaftActors.Tests;

/// <summary>
/// A recorder whose state is the list of the pairs that it was handed, so that one that is missing, doubled or out of order shows.
/// </summary>
internal class SnapshotRecorder(IActorRef watcher, RaftOptions<string>? options = null)
    : Recorder(watcher, options), IRaftSnapshot<string>
{
    private string _state = "";

    protected string State => _state;

    public string TakeSnapshot(Serial serial)
    {
        Tell($"take {serial}");
        return _state;
    }

    public void RestoreSnapshot(Serial serial, string state)
    {
        _state = state;
        Tell($"restore {serial}:{state}");
        if (state.Contains("broken"))
        {
            throw new InvalidOperationException("broken");
        }
    }

    protected override int HandleAppend(Entry<string> entry)
    {
        _state += $" {entry.Serial}={entry.Value}";
        return base.HandleAppend(entry);
    }

    protected override void HandleSerial(Entry<string> entry)
    {
        _state += $" {entry.Serial}={entry.Value}";
        base.HandleSerial(entry);
    }
}
