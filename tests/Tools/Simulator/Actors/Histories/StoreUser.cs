using System.Text.Json.Nodes;

using Akka.Actor;

using RaftActors.Core;
using RaftActors.Simulator.Actors.Lists;

namespace RaftActors.Simulator.Actors.Histories;

/// <summary>Calls a store by message, and crashes with it.</summary>
internal sealed class StoreUser : ReceiveActor, IWithTimers
{
    private static readonly TimeSpan Period = TimeSpan.FromMilliseconds(400);

    private readonly ListHistory _lists;
    private readonly Prng _prng;
    private readonly IActorRef _store;

    public StoreUser(ListHistory lists, Prng prng)
    {
        (_lists, _prng) = (lists, prng);
        _store = Context.ActorOf(Props.Create(() => new StoreActor()), "store");
        Receive<Turn>(_ => Call());
    }

    public ITimerScheduler Timers { get; set; } = null!; // Justification: Akka sets it before the actor starts.

    protected override void PreStart() => Timers.StartPeriodicTimer(Turn.Instance, Turn.Instance, Period);

    private void Call()
    {
        if (_lists.IsClosing)
        {
            return;
        }

        // Each call has an actor of its own for its answer, as Akka's Ask has.
        var number = _lists.NextNumber();
        var steps = _lists.AnySteps(below => _prng.Between(0, below - 1));
        var operation = ListHistory.ToJson(steps);
        _lists.Begin(number, steps);
        object message = Store.IsRead(JsonNode.Parse(operation)!) // Justification: it is an object.
            ? new StoreActor.Read(JsonNode.Parse(operation)!)
            : new StoreActor.Change(operation);
        _store.Tell(message, Context.ActorOf(Props.Create(() => new Asker(_lists, number))));
    }

    private sealed class Asker : ReceiveActor
    {
        public Asker(ListHistory lists, int number)
        {
            Receive<Outcome<object?>>(read => End(Parse(read.ResultOr(null))));
            Receive<Outcome<string>>(lost => Context.Stop(Self), outcome => outcome.Failure?.Kind == FailureKind.Unknown);
            Receive<Outcome<string>>(outcome => End(outcome.HasResult ? Parse(outcome.Result) : null));

            void End(JsonObject? answer)
            {
                lists.End(number, answer);
                Context.Stop(Self);
            }
        }

        private static JsonObject Parse(object? body) => JsonNode.Parse((string)body!)!.AsObject(); // Justification: the store wrote it.
    }

    private sealed class Turn
    {
        public static Turn Instance { get; } = new();
    }
}
