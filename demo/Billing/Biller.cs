using Akka.Actor;

using RaftActors.Coordination;

namespace Billing;

/// <summary>
/// The cluster singleton. It asks the register for the latest number, and then writes the next bill twice a second, and charges it to an
/// account. It sends along the fencing token of its lease, so that the register can refuse what a former biller writes.
/// </summary>
internal sealed class Biller : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan RepeatAfter = TimeSpan.FromSeconds(3);

    private readonly IActorRef _accounts;
    private readonly long _token;
    private long _number;

    public Biller(IActorRef accounts)
    {
        _accounts = accounts;
        _token = RaftCoordination.Get(Context.System).TokenOf(Context)
            ?? throw new InvalidOperationException("The singleton has no lease of raft. Configure use-lease.");

        // The former biller may have written the latest bill, and may have ended before it was charged.
        Receive<RegisterAnswer.Latest>(latest => Charge(latest.Number));
        Receive<RegisterAnswer.Written>(written => Charge(written.Number));
        Receive<AccountMessage.Answer>(charged => charged.Number == _number, _ => Wait(Due.Instance, Interval));
        Receive<Due>(_ => Bill());
        Receive<Repeat>(_ => Charge(_number));
    }

    public ITimerScheduler Timers { get; set; } = null!; // Justification: Akka sets it before the actor starts.

    protected override void PreStart()
    {
        RegisterLink.Biller = Self;
        Console.WriteLine($"the biller starts here with token {_token}");
        RegisterLink.Send($"begin {_token}");
    }

    protected override void PostStop() => Console.WriteLine($"the biller with token {_token} stops here");

    private void Charge(long number)
    {
        _number = number;
        if (number == 0)
        {
            Bill();
            return;
        }

        _accounts.Tell(new AccountMessage.Charge(number));
        Wait(Repeat.Instance, RepeatAfter);
    }

    private void Bill()
    {
        RegisterLink.Send($"write {_token} {_number + 1}");
        Wait(Due.Instance, Interval);
    }

    // One timer, and not a periodic one, whose messages would pile up while the process stands still.
    private void Wait(object message, TimeSpan time) => Timers.StartSingleTimer(nameof(Biller), message, time);

    private sealed class Due
    {
        public static Due Instance { get; } = new();
    }

    private sealed class Repeat
    {
        public static Repeat Instance { get; } = new();
    }
}
