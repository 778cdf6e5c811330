using Akka.Actor;

using RaftActors.Testing.Simulation;

namespace RaftActors.Testing.Tests.Simulation;

/// <summary>
/// The tasks of an actor's own calls, while nodes crash, pause and are cut off. A simulation runs each seed twice, so the tasks end at the
/// same places, without other threads.
/// </summary>
public sealed class AwaitedCallSimulationTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Task_ends_once_with_the_serial_of_its_pair(long seed) => RaftSimulation.Run(seed, simulation =>
    {
        Calls calls = new();
        simulation
            .Nodes(3)
            .Actor(node => new Caller(calls), "caller")
            .Eventually("calls have ended on each node", _ => calls.Ended.Values.Count(call => call.Failure is null) > 30)
            .Eventually("the serials are those of the pairs", _ => calls.Ended.All(call =>
                call.Value.Failure is not null || calls.Applied[call.Value.Serial] == call.Key));
    });

    private sealed class Calls
    {
        private int _begun;

        public Dictionary<int, Outcome<int>> Ended { get; } = [];

        public SortedDictionary<Serial, int> Applied { get; } = [];

        public int Begin() => ++_begun;

        // An exception here fails the piped message, and so the run.
        public Next End(int call, Outcome<int> outcome)
        {
            Ended.Add(call, outcome);
            return new Next();
        }
    }

    private sealed record Next;

    private sealed class Caller : RaftActor<int, int>
    {
        private readonly Calls _calls;

        public Caller(Calls calls)
        {
            _calls = calls;
            Receive<Next>(_ => Append());
            Receive<Status.Failure>(failure => throw failure.Cause);
        }

        protected override void PreStart() => Append();

        protected override int HandleAppend(Entry<int> entry)
        {
            _calls.Applied[entry.Serial] = entry.Value;
            return entry.Value;
        }

        private void Append()
        {
            var call = _calls.Begin();
            Group.AppendAsync("key", call, TimeSpan.FromSeconds(1)).PipeTo(Self, success: outcome => _calls.End(call, outcome));
        }
    }
}
