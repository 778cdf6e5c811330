using Akka.Actor;

using RaftActors.Coordination;

namespace Billing;

/// <summary>
/// The cluster singleton. It asks the register for the latest number, and then writes the next bill twice a second. It sends along the
/// fencing token of its lease, so that the register can refuse what a former biller writes.
/// </summary>
internal sealed class Biller : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);

    private readonly long _token;
    private long _number;

    public Biller()
    {
        _token = RaftCoordination.Get(Context.System).TokenOf(Context)
            ?? throw new InvalidOperationException("The singleton has no lease of raft. Configure use-lease.");
        Receive<RegisterAnswer.Latest>(latest =>
        {
            _number = latest.Number + 1;
            Bill();
        });
        Receive<Due>(_ => Bill());
        Receive<RegisterAnswer.Written>(written => _number = written.Number + 1);
    }

    public ITimerScheduler Timers { get; set; } = null!; // Justification: Akka sets it before the actor starts.

    protected override void PreStart()
    {
        RegisterLink.Biller = Self;
        Console.WriteLine($"the biller starts here with token {_token}");
        RegisterLink.Send($"begin {_token}");
    }

    protected override void PostStop() => Console.WriteLine($"the biller with token {_token} stops here");

    // Not a periodic timer, whose messages would pile up while the process stands still.
    private void Bill()
    {
        RegisterLink.Send($"write {_token} {_number}");
        Timers.StartSingleTimer(Due.Instance, Due.Instance, Interval);
    }

    private sealed class Due
    {
        public static Due Instance { get; } = new();
    }
}
