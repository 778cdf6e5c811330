using System.Diagnostics;

using Akka.Actor;

using RaftActors.Benchmarks.Cluster;

namespace RaftActors.Benchmarks.Reads;

/// <summary>A client that queries the raft actor of its own node.</summary>
internal sealed class Reader : ReceiveActor
{
    private readonly IActorRef _raft;
    private readonly object _question;
    private long _start;

    public Reader(IActorRef raft, ReadConsistency consistency, ClosedLoop loop, TaskCompletionSource ended)
    {
        (_raft, _question) = (raft, consistency);
        Receive<QueryOutcome>(outcome =>
        {
            loop.Count(_start, outcome is QueryOutcome.Done);
            if (loop.IsStopping)
            {
                ended.SetResult();
                Context.Stop(Self);
                return;
            }

            Ask();
        });
    }

    /// <summary>Runs a reader until the loop stops.</summary>
    public static Task RunAsync(ActorSystem system, IActorRef raft, ReadConsistency consistency, ClosedLoop loop)
    {
        var ended = new TaskCompletionSource();
        system.ActorOf(Props.Create(() => new Reader(raft, consistency, loop, ended)));
        return ended.Task;
    }

    /// <summary>Parses linearizable, lease, local or recent. Recent needs the first pair of the log.</summary>
    public static ReadConsistency Consistency(string word) => word switch
    {
        "lease" => ReadConsistency.Lease,
        "local" => ReadConsistency.Local,
        "recent" => ReadConsistency.NotOlderThan(new Serial(1)),
        _ => ReadConsistency.Linearizable,
    };

    protected override void PreStart() => Ask();

    private void Ask()
    {
        _start = Stopwatch.GetTimestamp();
        _raft.Tell(_question, Self);
    }
}
