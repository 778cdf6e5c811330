using Akka.Actor;

using RaftActors.Network;
using RaftActors.Sessions;
using RaftActors.Settings;
using RaftActors.Wire;

namespace RaftActors.Clients;

/// <summary>
/// One call of a client that is no Append, until it ends. Only <see cref="GroupCalls"/> changes it; the task is safe for any thread.
/// </summary>
/// <param name="call">Its timeout is set anew at each attempt.</param>
/// <param name="mayRepeat">False: the call is sent once, because a second one might do more.</param>
/// <param name="to">The process to ask. Null: the leader first, then any other.</param>
internal sealed class ClientQuestion(
    TimeSpan timeout, ClientCall call, bool mayRepeat = true, ProcessName? to = null) : ICaller
{
    private readonly TaskCompletionSource<ClientAnswer> _end = new(Machine.Current.Completion);

    public TimeSpan Timeout => SessionAppend.Limit(timeout);

    public bool MayRepeat => mayRepeat;

    /// <summary>The call, with the time that the first attempt has for it.</summary>
    public ClientCall Call => call;

    /// <summary>Why it ends if no process answers. A change needs a leader.</summary>
    public FailureReason Silence => mayRepeat ? FailureReason.Unavailable : FailureReason.NoLeader;

    public ProcessName? To => to;

    /// <inheritdoc/>
    public RequestRef Request => default;

    /// <summary>A process of the client's own node is asked first, if there is one: any process may answer.</summary>
    public bool PrefersOwnNode { get; init; }

    /// <summary>The node whose registry is asked, in place of a process; null: a process.</summary>
    public Address? Node { get; init; }

    /// <summary>It does not count against the maximum of open calls.</summary>
    public bool IsOfSubscription { get; init; }

    /// <summary>The answer, or that there is none. Its task never fails.</summary>
    public Task<ClientAnswer> Task => _end.Task;

    /// <summary>The client that it belongs to. Set before it is sent.</summary>
    public GroupCalls? Calls { get; set; }

    /// <summary>The link by which it was sent last; null: it was not sent.</summary>
    public ICallLink? Link { get; set; }

    /// <summary>The process that was asked last; null: none, or a registry.</summary>
    public ProcessAddress? Asked { get; set; }

    /// <summary>The number of times that it was sent.</summary>
    public int Attempts { get; set; }

    /// <summary>The number of times that a process declined it.</summary>
    public int Declines { get; set; }

    /// <summary>Why it was not answered, as the last process that declined it said.</summary>
    public string? Why { get; set; }

    /// <summary>It is sent again at this time.</summary>
    public TimeSpan NextAt { get; set; }

    /// <summary>The time at which it ends in any case.</summary>
    public TimeSpan Deadline { get; set; }

    // The next tick ends it if its time is up. A process could not read a negative time.
    public ClientCall ToCall(TimeSpan now) => call.Within(Deadline > now ? Deadline - now : TimeSpan.Zero);

    /// <inheritdoc/>
    public void Tell(object message, IActorRef sender) => Calls?.OnReply(this, message);

    public void End(object reply) => _end.TrySetResult(new ClientAnswer(reply, WasSent: true, default, ""));

    /// <summary>Ends it without a reply.</summary>
    public void End(FailureReason cause, string why) => _end.TrySetResult(new ClientAnswer(null, Attempts > 0, cause, why));
}

/// <param name="Reply">Null: there was none in time.</param>
/// <param name="WasSent">The call may have reached a process.</param>
/// <param name="Cause">Why there is no reply.</param>
/// <param name="Why">The same as text for people.</param>
internal sealed record ClientAnswer(object? Reply, bool WasSent, FailureReason Cause, string Why);
