namespace RaftActors.Tests;

/// <summary>
/// An actor that counts its pairs, and takes snapshots of the count. The result of a pair is the count after it, so no later pair has the
/// same. It fetches missing pairs. Its messages are those of <see cref="Recorder"/>.
/// </summary>
internal sealed class Counting : RaftActor<string, int>, IRaftSnapshot<int>
{
    private readonly IActorRef _watcher;
    private int _count;

    public Counting(IActorRef watcher, RaftOptions<string> options)
        : base(options)
    {
        _watcher = watcher;
        Receive<Recorder.Append>(append => Group.Append(append.Key, append.Value, append.Timeout, Sender, append.RequestKey));
        Receive<Recorder.Snap>(_ => Group.TakeSnapshot());
        Receive<Recorder.GetStatus>(_ => Sender.Tell(Group.Status));
        Receive<Recorder.GetView>(_ => Sender.Tell(new Recorder.View(Group.Leader, Group.Quorum, Group.Peers)));
        Receive<Exception>(problem => throw problem);
        Receive<ManualResetEventSlim>(mayFail =>
        {
            mayFail.Wait();
            throw new InvalidOperationException("a restart");
        });
    }

    public int TakeSnapshot(Serial serial)
    {
        _watcher.Tell($"take {serial}");
        return _count;
    }

    public void RestoreSnapshot(Serial serial, int state)
    {
        _count = state;
        _watcher.Tell($"restore {serial}");
    }

    protected override void HandleMissing(SerialRange gap) => Group.Get(gap);

    protected override void PreStart() => _watcher.Tell("started");

    protected override int HandleAppend(Entry<string> entry)
    {
        _count++;
        _watcher.Tell($"count {_count}");
        return _count;
    }
}
