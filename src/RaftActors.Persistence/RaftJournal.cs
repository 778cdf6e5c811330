using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Globalization;

using Akka.Actor;
using Akka.Persistence;
using Akka.Persistence.Journal;

using RaftActors.Persistence.Plugins;
using RaftActors.Persistence.State;

namespace RaftActors.Persistence;

/// <summary>
/// The journal of Akka.Persistence on raft groups: <c>akka.persistence.journal.plugin = "akka.persistence.journal.raft"</c>.
/// </summary>
internal sealed class RaftJournal : AsyncWriteJournal
{
    /// <summary>The place of its configuration.</summary>
    public const string Identifier = "akka.persistence.journal.raft";

    private readonly RaftPersistence _persistence = RaftPersistence.Get(Context.System);

    // The latest writes under way, by persistence id.
    private readonly ConcurrentDictionary<string, Task> _writing = [];

    // Deletions of all events. One that a busy leader has refused is sent again, and it would delete events that were written meanwhile.
    private readonly UnderWay _deleting = new();

    /// <inheritdoc/>
    public override async Task<long> ReadHighestSequenceNrAsync(
        string persistenceId, long fromSequenceNr, CancellationToken cancellationToken)
    {
        // Without this, an actor that restarts could recover before the last write of its former life. Its own first one would be stale.
        if (_writing.TryGetValue(persistenceId, out var writing))
        {
            await writing.WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        var (highest, _) = await _persistence.Calls.AskAsync<long>(
            new Question.Highest(persistenceId), cancellation: cancellationToken).ConfigureAwait(false);
        return highest;
    }

    /// <inheritdoc/>
    public override Task ReplayMessagesAsync(
        IActorContext context,
        string persistenceId,
        long fromSequenceNr,
        long toSequenceNr,
        long max,
        Action<IPersistentRepresentation> recoveryCallback)
    {
        ArgumentNullException.ThrowIfNull(recoveryCallback);
        return _persistence.Calls.ReadAsync(
            persistenceId, fromSequenceNr, toSequenceNr, max, each => recoveryCallback(_persistence.Payloads.Read(persistenceId, each)));
    }

    /// <inheritdoc/>
    protected override Task<IImmutableList<Exception>> WriteMessagesAsync(
        IEnumerable<AtomicWrite> messages, CancellationToken cancellationToken)
    {
        // Serialized in the turn of the journal, as in the journals of Akka.NET. The results of writes that cannot be are rejections.
        List<AtomicWrite> writes = [.. messages];
        var results = new Exception?[writes.Count];
        List<Part> parts = [];
        for (var i = 0; i < writes.Count; i++)
        {
            try
            {
                Add(parts, i, writes[i]);
            }
            catch (Exception cause)
            {
                results[i] = cause;
            }
        }

        var writing = WriteAsync(parts, results, cancellationToken);
        foreach (var id in parts.Select(part => part.Id).Distinct(StringComparer.Ordinal))
        {
            _writing[id] = writing;
            _ = ForgetAsync(id, writing);
        }

        return writing;
    }

    /// <inheritdoc/>
    protected override Task DeleteMessagesToAsync(string persistenceId, long toSequenceNr, CancellationToken cancellationToken)
    {
        return toSequenceNr == long.MaxValue ? _deleting.RunAsync(persistenceId, DeleteAsync, cancellationToken) : DeleteAsync();

        Task DeleteAsync() =>
            _persistence.Calls.AppendAsync(persistenceId, new Command.DeleteEvents(toSequenceNr), cancellationToken);
    }

    // Writes of one call become one pair if they fit, so that all of them are committed, or none.
    private void Add(List<Part> parts, int index, AtomicWrite write)
    {
        var first = ((IImmutableList<IPersistentRepresentation>)write.Payload)[0];
        var writerId = first.WriterGuid ?? "";

        // Before the write can be rejected, because a later one goes on from the number that this one began after. Writes without an id are
        // of different writers.
        var writer = writerId.Length > 0
            ? _persistence.Writers.GetValue(writerId, _ => new Writer(first.SequenceNr - 1))
            : new Writer(first.SequenceNr - 1);
        var events = ((IImmutableList<IPersistentRepresentation>)write.Payload).Select(_persistence.Payloads.Write).ToList();
        var max = _persistence.Settings.WriteSizeMaxBytes - CommandCodec.OverheadOf(write.PersistenceId, writerId);
        var size = events.Sum(each => (long)each.Bytes.Length + CommandCodec.EventOverhead);
        if (size > max)
        {
            throw TooLarge($"The {events.Count} events", write.PersistenceId, size, _persistence.Settings.WriteSizeMaxBytes);
        }

        if (parts is not [.., var last] || last.Id != write.PersistenceId || last.Writer != writer || last.Size + size > max)
        {
            parts.Add(last = new Part(write.PersistenceId, writerId, writer));
        }

        last.Events.AddRange(events);
        last.Writes.Add(index);
        last.Size += size;
    }

    /// <summary>The exception of a write that does not fit into a pair.</summary>
    internal static RaftException TooLarge(string what, string id, long size, int max) => new(new RaftFailure(
        FailureKind.NotDone,
        FailureReason.Invalid,
        string.Create(CultureInfo.InvariantCulture, $"{what} of '{id}' have {size} bytes, and raft-persistence.write-size-max is {max}. "
            + $"Persist less at once, or raise it on all nodes.")));

    private async Task<IImmutableList<Exception>> WriteAsync(List<Part> parts, Exception?[] results, CancellationToken cancellation)
    {
        foreach (var part in parts)
        {
            if (await WriteAsync(part, cancellation).ConfigureAwait(false) is { } rejection)
            {
                part.Writes.ForEach(index => results[index] = rejection);
            }
        }

        return ImmutableList.CreateRange<Exception>(results!); // Justification: null means success to Akka.NET.
    }

    private async Task ForgetAsync(string id, Task writing)
    {
        await writing.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _writing.TryRemove(KeyValuePair.Create(id, writing));
    }

    // Returns why the group has rejected the events. An exception is a failure: Akka.NET stops the actor, because the outcome is unknown,
    // or because its state lacks the events of another incarnation.
    private async Task<Exception?> WriteAsync(Part part, CancellationToken cancellation)
    {
        var writer = part.Writer;
        await writer.Turn.WaitAsync(cancellation).ConfigureAwait(false);
        try
        {
            if (writer.Fault is { } fault)
            {
                throw fault;
            }

            await _deleting.WaitAsync(part.Id, cancellation).ConfigureAwait(false);

            Command.Write write = new(part.WriterId, !writer.HasWritten, writer.Last, [.. part.Events]);

            // A write without an id cannot be told from a repeat of it, so it must be applied whole or not at all.
            var result = part.WriterId.Length == 0
                ? await _persistence.Calls.AppendAsync(part.Id, write, cancellation).ConfigureAwait(false)
                : await _persistence.Calls.WriteAsync(part.Id, write, cancellation).ConfigureAwait(false);
            if (result != JournalState.Done)
            {
                throw new StaleWriterException(result);
            }

            (writer.Last, writer.HasWritten) = (part.Events[^1].SequenceNr, true);
            return null;
        }
        catch (RaftException cause) when (JournalCalls.IsRefusal(cause))
        {
            return cause;
        }
        catch (Exception cause)
        {
            writer.Fault ??= cause;
            throw;
        }
        finally
        {
            writer.Turn.Release();
        }
    }

    private sealed class Part(string id, string writerId, Writer writer)
    {
        public string Id => id;

        public string WriterId => writerId;

        public Writer Writer => writer;

        public List<StoredEvent> Events { get; } = [];

        // The places of its writes among those of the call.
        public List<int> Writes { get; } = [];

        public long Size { get; set; }
    }
}
