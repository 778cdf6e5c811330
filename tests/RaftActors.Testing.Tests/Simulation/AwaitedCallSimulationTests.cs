using Akka.Actor;

namespace RaftActors.Testing.Tests.Simulation;

/// <summary>
/// The tasks of an actor's own calls, while nodes crash, pause and are cut off. A simulation runs each seed twice, so the tasks end at the
/// same places, without other threads.
/// </summary>
public sealed class AwaitedCallSimulationTests
{
    // Each node makes ten in a second, so the first faults meet them.
    private const int CallsMax = 300;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Task_ends_once_with_the_serial_of_its_pair(long seed) => RaftSimulation.Run(seed, simulation =>
    {
        Calls calls = new();
        simulation
            .Nodes(3)
            .Actor(node => new Caller(calls), "caller")
            .Always("each call ends once", _ => !calls.HasEndedTwice)
            .Eventually("calls have ended", _ => calls.Ended.Values.Count(call => call.IsDone) > CallsMax / 3)
            .Eventually("the serials are those of the pairs", _ =>
                calls.Ended.All(call => !call.Value.IsDone || calls.Applied[call.Value.Serial] == call.Key));
    });

    private sealed class Calls
    {
        public int Begun { get; set; }

        public bool HasEndedTwice { get; private set; }

        public Dictionary<int, Outcome<int>> Ended { get; } = [];

        public Dictionary<Serial, int> Applied { get; } = [];

        public Outcome<int> End(int call, Outcome<int> outcome)
        {
            HasEndedTwice |= !Ended.TryAdd(call, outcome);
            return outcome;
        }
    }

    private sealed class Caller : RaftActor<int, int>, IWithTimers
    {
        private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

        private readonly Calls _calls;

        public Caller(Calls calls)
        {
            _calls = calls;
            Receive<int>(_ => Append());
            Receive<Outcome<int>>(_ => Timers.StartSingleTimer("next", 0, Pause));
        }

        public ITimerScheduler Timers { get; set; } = null!;

        protected override void PreStart() => Self.Tell(0);

        protected override int HandleAppend(Entry<int> entry)
        {
            _calls.Applied[entry.Serial] = entry.Value;
            return entry.Value;
        }

        private void Append()
        {
            if (_calls.Begun < CallsMax)
            {
                var call = ++_calls.Begun;
                Group.AppendAsync("key", call, TimeSpan.FromSeconds(1)).PipeTo(Self, success: outcome => _calls.End(call, outcome));
            }
        }
    }
}
