using System.Collections.Immutable;

using Akka.Actor;
using Akka.Configuration;
using Akka.DistributedData.Durable;
using Akka.Event;

using RaftActors.Persistence.State;

namespace RaftActors.Persistence.Durable;

/// <summary>
/// The durable store of a replicator of Akka.DistributedData on raft groups, in place of LMDB. The value of a durable key is a snapshot of
/// the journal, and a newer value takes its place. Each node has values of its own, as with a disk of its own.
/// </summary>
internal sealed class RaftDurableStore : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    // Each value takes the place of the one before, so all have the same number.
    private const long Number = 1;

    private readonly RaftPersistence _persistence = RaftPersistence.Get(Context.System);
    private readonly ILoggingAdapter _log = Context.GetLogger();
    private readonly CancellationTokenSource _ending = new();
    private readonly string _prefix;

    // The newest values that no write under way has. So a key that changes often is written once in a turn of the disk.
    private Dictionary<string, (DurableDataEnvelope Data, List<StoreReply> Replies)> _waiting = [];
    private bool _isWriting;

    public ITimerScheduler Timers { get; set; } = null!; // Justification: Akka.NET sets it.

    /// <param name="config">Of <c>akka.cluster.distributed-data.durable</c>, which Akka.NET passes. It is not used.</param>
    public RaftDurableStore(Config config)
    {
        // Each replicator of a node has keys of its own. The escaping keeps the separator out of the name of the node.
        var node = _persistence.Settings.DurableNode ?? Raft.Get(Context.System).Node;
        _prefix = $"ddata/{Uri.EscapeDataString(node)}/{Self.Path.Parent.Name}/";
        Receive<LoadAll>(_ => Load(Sender));
        Receive<Loaded>(loaded => loaded.Tell());
        Receive<LoadFailed>(failed =>
        {
            _log.Warning(
                failed.Cause, "The durable keys of this node are not loaded, so its replicator waits. Start a majority of raft.nodes.");
            Timers.StartSingleTimer(nameof(LoadAgain), new LoadAgain(failed.Replicator), Pause);
        });
        Receive<LoadAgain>(again => Load(again.Replicator));
        Receive<Store>(store =>
        {
            // A newer value has all of an older one, so those that wait for the older one wait for the newer one.
            List<StoreReply> replies = _waiting.TryGetValue(store.Key, out var before) ? before.Replies : [];
            replies.AddRange(store.Reply is { } reply ? [reply] : []);
            _waiting[store.Key] = (store.Data, replies);
            Write();
        });
        Receive<Written>(_ =>
        {
            _isWriting = false;
            Write();
        });
    }

    protected override void PostStop()
    {
        _ending.Cancel();
        base.PostStop();
    }

    // While the first nodes of a cluster start, the group has no leader yet. The replicator stashes its messages meanwhile.
    private void Load(IActorRef replicator) => LoadAsync(replicator).PipeTo(
        Self, failure: cause => _ending.IsCancellationRequested ? new Ended() : new LoadFailed(replicator, cause));

    private async Task<Loaded> LoadAsync(IActorRef replicator)
    {
        var values = ImmutableDictionary.CreateBuilder<string, DurableDataEnvelope>();
        foreach (var shard in _persistence.Calls.Shards.All)
        {
            for (var (after, isOver) = ("", false); !isOver;)
            {
                Question.Values question = new(_prefix, after, _persistence.Settings.PageSizeBytes);
                var (answer, _) = await _persistence.Calls.AskAsync<byte[]>(shard, question, cancellation: _ending.Token)
                    .ConfigureAwait(false);
                var page = ValuePage.Read(answer);
                foreach (var (id, bytes) in page)
                {
                    values[id[_prefix.Length..]] = (DurableDataEnvelope)_persistence.Payloads.ReadSnapshot(bytes);
                    after = id;
                }

                isOver = page.Count == 0;
            }
        }

        return new Loaded(replicator, values.ToImmutable());
    }

    private void Write()
    {
        if (_isWriting || _waiting.Count == 0)
        {
            return;
        }

        var values = _waiting;
        (_waiting, _isWriting) = ([], true);
        Task.WhenAll(values.Select(each => WriteAsync(_prefix + each.Key, each.Value.Data, each.Value.Replies)))
            .PipeTo(Self, success: () => new Written());
    }

    private async Task WriteAsync(string id, DurableDataEnvelope data, List<StoreReply> replies)
    {
        try
        {
            var bytes = _persistence.Payloads.WriteSnapshot(data);
            var max = _persistence.Settings.WriteSizeMaxBytes;
            if (bytes.Length > max - CommandCodec.OverheadOf(id))
            {
                throw RaftJournal.TooLarge("The values", id, bytes.Length, max);
            }

            Command.SaveSnapshot save = new(new StoredSnapshot(Number, 0, bytes));
            await _persistence.Calls.AppendAsync(id, save, CancellationToken.None).ConfigureAwait(false);
            replies.ForEach(reply => reply.ReplyTo.Tell(reply.SuccessMessage));
        }
        catch (Exception cause)
        {
            // A serializer may throw anything.
            _log.Error(cause, "The durable key '{0}' is not stored: {1} Update it again.", id, cause.Message);
            replies.ForEach(reply => reply.ReplyTo.Tell(reply.FailureMessage));
        }
    }

    private sealed record Loaded(IActorRef Replicator, ImmutableDictionary<string, DurableDataEnvelope> Values)
    {
        public void Tell()
        {
            if (!Values.IsEmpty)
            {
                Replicator.Tell(new LoadData(Values));
            }

            Replicator.Tell(LoadAllCompleted.Instance);
        }
    }

    private sealed record LoadFailed(IActorRef Replicator, Exception Cause);

    private sealed record LoadAgain(IActorRef Replicator);

    private sealed record Ended : IDeadLetterSuppression;

    private sealed record Written;
}
