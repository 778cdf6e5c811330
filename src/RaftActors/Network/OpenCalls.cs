using Akka.Actor;

using RaftActors.Core.Codec;
using RaftActors.Settings;
using RaftActors.Wire;

namespace RaftActors.Network;

/// <summary>The calls of one link that have no reply yet, by number. Thread-safe.</summary>
internal sealed class OpenCalls
{
    private readonly Lock _lock = new();
    private readonly Dictionary<long, ICaller> _byNumber = [];
    private readonly Dictionary<ICaller, long> _numbers = new(ReferenceEqualityComparer.Instance);
    private long _last;

    /// <summary>Out of date at once while other threads change it.</summary>
    public int Count => _byNumber.Count;

    /// <summary>Numbers a call. A call that is sent again keeps its number.</summary>
    public long NumberOf(ICaller caller)
    {
        lock (_lock)
        {
            if (!_numbers.TryGetValue(caller, out var number))
            {
                _numbers.Add(caller, number = ++_last);
                _byNumber.Add(number, caller);
            }

            return number;
        }
    }

    public void Remove(ICaller caller)
    {
        lock (_lock)
        {
            if (_numbers.Remove(caller, out var number))
            {
                _byNumber.Remove(number);
            }
        }
    }

    public ICaller[] TakeAll()
    {
        lock (_lock)
        {
            ICaller[] all = [.. _byNumber.Values];
            _byNumber.Clear();
            _numbers.Clear();
            return all;
        }
    }

    /// <summary>
    /// Tells the caller of a reply its content, or a failure if it cannot be read. Does nothing if the caller waits no more.
    /// </summary>
    /// <returns>Whether the content has views of the bytes.</returns>
    /// <exception cref="InvalidDataException">The head of the reply is damaged.</exception>
    public bool Return(ReadOnlyMemory<byte> reply, OutcomeFormat outcomes)
    {
        var reader = ByteReader.OfKept(reply);
        var number = CallFormat.ReadHead(ref reader);
        ICaller? caller;
        lock (_lock)
        {
            if (!_byNumber.Remove(number, out caller))
            {
                return false;
            }

            _numbers.Remove(caller);
        }

        object content;
        try
        {
            content = outcomes.ReadReply(ref reader, caller.Request);
            reader.End();
        }
        catch (Exception e)
        {
            // A serializer of the user may throw anything. The next frame can still be read, because each one is complete in itself.
            content = new Status.Failure(e);
        }

        caller.Tell(content, ActorRefs.NoSender);
        return reader.HasView;
    }

    /// <summary>
    /// Tells callers the end of calls that were removed. Uses another thread, because this one may send under the lock of one client, and
    /// the callers take the locks of others.
    /// </summary>
    /// <param name="onAllTold">Runs at the end, also if a caller throws.</param>
    public static void Tell(ICaller[] callers, object reply, Action? onAllTold = null)
    {
        if (callers.Length > 0)
        {
            Machine.Current.Queue(new EndedCalls(callers, reply, onAllTold));
        }
        else
        {
            onAllTold?.Invoke();
        }
    }

    private sealed class EndedCalls(ICaller[] callers, object reply, Action? onAllTold) : IThreadPoolWorkItem
    {
        public void Execute()
        {
            try
            {
                Array.ForEach(callers, caller => caller.Tell(reply, ActorRefs.NoSender));
            }
            finally
            {
                onAllTold?.Invoke();
            }
        }
    }
}
