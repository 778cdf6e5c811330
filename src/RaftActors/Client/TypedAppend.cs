using System.Diagnostics;

using RaftActors.Telemetry;
using RaftActors.Wire;

namespace RaftActors.Client;

/// <summary>An Append whose caller waits for a task, and expects one type of results.</summary>
/// <param name="calls">Counts the open calls of the client; null: nothing does.</param>
internal sealed class TypedAppend<TResult>(
    string key,
    ReadOnlyMemory<byte> value,
    TimeSpan timeout,
    ClientCalls? calls = null,
    Activity? span = null,
    HashedKey? requestKey = null)
    : ClientAppend(key, value, timeout, span, requestKey)
{
    private readonly TaskCompletionSource<Outcome<TResult>> _end = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _ends;

    /// <summary>Fails only if this client cannot read the result.</summary>
    public Task<Outcome<TResult>> Task => _end.Task;

    public override bool HasEnded => Volatile.Read(ref _ends) > 0;

    public override void End(IOutcome outcome)
    {
        if (TryBeginEnd())
        {
            try
            {
                _end.SetResult(outcome.As<TResult>());
            }
            catch (InvalidOperationException e)
            {
                _end.SetException(e);
            }
        }
    }

    public override void Fail(InvalidOperationException cause)
    {
        if (TryBeginEnd())
        {
            _end.SetException(cause);
        }
    }

    // The call counts as ended before its caller goes on: the caller may make the next one at once.
    private bool TryBeginEnd()
    {
        if (Interlocked.Exchange(ref _ends, 1) > 0)
        {
            return false;
        }

        calls?.EndAppend(this);
        Spans.End(Span);
        return true;
    }
}
