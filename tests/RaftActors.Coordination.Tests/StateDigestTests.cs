using RaftActors.Coordination.State;

namespace RaftActors.Coordination.Tests;

public sealed class StateDigestTests
{
    [Fact]
    public void Each_difference_of_a_state_changes_its_digest()
    {
        Command.Acquire Claims(long claim, string? text = null) => new(1, claim, 2, true, text);
        (string, Command?)[] last =
        [
            ("none", null), ("b", new Command.Open(TimeSpan.FromSeconds(9))), ("b", new Command.Open(TimeSpan.FromSeconds(8))),
            ("c", new Command.Open(TimeSpan.FromSeconds(9))), ("a", new Command.Close(1)), ("l", Claims(2)),
            ("l", Claims(3)), ("l", Claims(2, "text")), ("m", Claims(2)), ("l", new Command.Release(1, 1)),
            ("i", new Command.Put("2", null, 0, null)), ("i", new Command.Put("1", null, 1, null)),
            ("j", new Command.Put("1", null, 0, null)), ("i", new Command.Put("1", null, 0, TimeSpan.FromSeconds(1))),
            ("i", new Command.Delete(null)), ("l", new Command.Break(2, 1)), ("a", new Command.End(1)),
        ];

        var digests = last.Select(each =>
        {
            var state = new CoordinationState();
            state.Apply("a", new Command.Open(TimeSpan.FromSeconds(9)), 1);
            state.Apply("l", Claims(1), 2);
            state.Apply("i", new Command.Put("1", null, 0, null), 3);
            state.Apply(each.Item1, each.Item2, 4);
            return state.Digest();
        });

        Assert.Equal(last.Length, digests.Distinct().Count());
    }
}
