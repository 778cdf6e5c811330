using Akka.Actor;

using CoordinationTrials.Check;

using RaftActors.Coordination;

namespace CoordinationTrials.Node;

/// <summary>A singleton or an entity. It writes to the register under the token that it got at its start, and asks nobody again.</summary>
internal sealed class Writer : ReceiveActor, IWithTimers
{
    private static int _lives;

    private readonly string _instance;

    /// <param name="resource">Its name in the register.</param>
    public Writer(int node, string resource, bool hasToken)
    {
        _instance = $"{node}-{Environment.ProcessId}-{Interlocked.Increment(ref _lives)}";
        long? token = null;
        Receive<Due>(_ =>
        {
            // A token is missing if the lease is lost between its acquisition and the start of this actor.
            token ??= hasToken ? RaftCoordination.Get(Context.System).TokenOf(Context) : null;
            if (token is not null || !hasToken)
            {
                Console.WriteLine(Write.LineOf(resource, _instance, token));
            }

            Timers.StartSingleTimer(Due.Instance, Due.Instance, Interval);
        });
        ReceiveAny(_ => { });
    }

    /// <summary>The time between two writes.</summary>
    public static TimeSpan Interval { get; } = TimeSpan.FromMilliseconds(50);

    public ITimerScheduler Timers { get; set; } = null!; // Justification: Akka sets it before the actor starts.

    protected override void PreStart() => Self.Tell(Due.Instance);

    private sealed class Due
    {
        public static Due Instance { get; } = new();
    }
}
