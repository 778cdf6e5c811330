using Akka.Actor;

using RaftActors.Persistence;

namespace RaftActors.Simulator.Actors.Persistence;

/// <summary>
/// Starts persistent actors on its node, each for some commands, and at the end actors that only recover. It crashes with its node.
/// </summary>
internal sealed class JournalHost : ReceiveActor, IWithTimers
{
    private const int PauseMax = 600;

    private readonly JournalLedger _ledger;
    private readonly string _node;

    public JournalHost(string node, JournalLedger ledger)
    {
        (_node, _ledger) = (node, ledger);

        // Starts the process of this node.
        RaftPersistence.Get(Context.System);
        Receive<Begin>(_ =>
        {
            Start();
            Later();
        });
    }

    public ITimerScheduler Timers { get; set; } = null!; // Justification: Akka sets it before the actor starts.

    protected override void PreStart() => Later();

    protected override SupervisorStrategy SupervisorStrategy() => new OneForOneStrategy(failure =>
    {
        _ledger.Demand(failure is PlannedRestartException, $"an actor of {_node} failed: {failure}");
        return failure is PlannedRestartException ? Directive.Restart : Directive.Stop;
    });

    private void Later() => Timers.StartSingleTimer(
        nameof(Begin), Begin.Instance, TimeSpan.FromMilliseconds(_ledger.Between(10, PauseMax)));

    private void Start()
    {
        if (_ledger.IsOver && !Context.GetChildren().Any())
        {
            _ledger.OnQuiet(_node);
        }

        foreach (var id in _ledger.IsQuiet ? _ledger.NotRead(_node) : _ledger.IsOver ? [] : [_ledger.AnyId])
        {
            if (Context.Child(id).IsNobody())
            {
                Context.ActorOf(Props.Create<JournalWriter>(id, _node, _ledger, !_ledger.IsOver), id);
            }
        }
    }

    private sealed record Begin
    {
        public static Begin Instance { get; } = new();
    }
}
