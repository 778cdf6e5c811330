using System.Text.Json;

using RaftActors.Coordination.Group;
using RaftActors.Coordination.State;
using RaftActors.Delivery;

namespace RaftActors.Coordination.Tests;

/// <summary>Random walks over all commands. The state answers as the <see cref="Model"/> does, and each snapshot is the state.</summary>
public sealed class ModelTests
{
    private const int Steps = 4_000;

    private static readonly string[] Owners = ["a", "b", "c"];
    private static readonly Guid?[] Clients = [new(1, 0, 0, new byte[8]), new(2, 0, 0, new byte[8]), new(3, 0, 0, new byte[8])];
    private static readonly string[] Locks = ["l/1", "l/2", "l/3"];
    private static readonly string[] Items = ["i", "i/1", "i/2", "i/3", "j/1", "j/2"];

    public static TheoryData<int> Seeds => new(Enumerable.Range(1, 8));

    [Theory]
    [MemberData(nameof(Seeds))]
    public void State_answers_as_its_model(int seed)
    {
        var (random, model, answers, reminders) = (new Random(seed), new Model(), new HashSet<(Type, Type)>(), new Reminders());
        var replica = new Replica(Set);
        for (var serial = 1L; serial <= Steps; serial++)
        {
            var mortals = model.Mortals.ToArray();
            if (mortals.Length > 0 && random.Next(20) == 0)
            {
                var mortal = Pick(random, mortals);
                var number = mortal.Number - random.Next(2);
                model.Expire(mortal.Reminder, number, serial);
                if (reminders.TryTake(mortal.Reminder, number))
                {
                    replica.Expire(mortal.Reminder, serial);
                }

                Compare(random, replica.State, model, serial);
                continue;
            }

            var (name, command) = Draw(random, model, serial);
            var client = DrawClient(random, model, command);
            Assert.Null(CoordinationState.FindFault(name, command));
            var expected = model.Apply(name, command, serial, client);

            var answer = RoundTrip(replica.Apply(name, RoundTrip(command), serial, client));

            var step = $"{serial}: {name} {command}: {answer}, expected {expected}";
            Assert.True(Model.AreEqual(answer, expected), step);
            answers.Add((command.GetType(), answer.GetType()));
            replica.State.Check();
            Compare(random, replica.State, model, serial);
            Assert.Equal(
                model.Mortals.Select(each => (each.Number, each.Reminder, (TimeSpan?)each.Timeout)).Order(),
                reminders.All.Select(each => (each.Number, each.Name, each.After)).Order());
            if (random.Next(100) == 0)
            {
                var (image, digest) = (Bytes(replica.State), replica.State.Digest());
                replica.Restore(JsonSerializer.Deserialize(image, CoordinationJson.Default.CoordinationImage)!, serial);
                Assert.Equal(image, Bytes(replica.State));
                Assert.Equal(digest, replica.State.Digest());
            }
        }

        // Each command has had each of its answers: five of Acquire, three of Put, Release and Renew, one of Open, and two of the others.
        Assert.True(answers.Count == 26, string.Join(' ', answers.Select(each => $"{each.Item1.Name}-{each.Item2.Name}").Order()));
        Assert.True(model.Changes.Count > State.Items.ChangesMax, $"{model.Changes.Count} changes");

        void Set(string name, TimeSpan? after) =>
            _ = after is { } time ? reminders.Set(name, time, default, default) is not null : reminders.Forget(name);
    }

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
            ("i", new Command.Delete(null)), ("l", new Command.Break(2)), ("a", new Command.End(1)),
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

    [Fact]
    public void Late_attempt_of_a_claim_that_has_ended_or_was_overtaken_holds_nothing()
    {
        var state = new CoordinationState();
        state.Apply("p1", new Command.Open(TimeSpan.FromSeconds(9)), 1);
        state.Apply("p2", new Command.Open(TimeSpan.FromSeconds(9)), 2);
        Command.Acquire Of(long session, long claim, bool waits = true) => new(session, claim, 1, waits, null);

        Assert.Equal(new Answer.Granted(3), state.Apply("billing", Of(1, 1), 3));
        Assert.Equal(new Answer.Granted(3), state.Apply("billing", Of(1, 1), 4));
        Assert.Equal(Answer.Held.Instance, state.Apply("billing", Of(2, 1, waits: false), 5));
        state.Apply("billing", new Command.Release(1, 1), 6);
        state.Apply("mail", new Command.Release(2, 3), 7);

        Assert.Equal(Answer.Ended.Instance, state.Apply("billing", Of(1, 1), 8));
        Assert.Equal(Answer.Ended.Instance, state.Apply("billing", Of(2, 1, waits: false), 9));
        Assert.Equal(Answer.Ended.Instance, state.Apply("mail", Of(2, 3), 10));
        var restored = CoordinationState.Of(state.ToImage());
        Assert.Equal(Answer.Ended.Instance, restored.Apply("mail", Of(2, 3), 11));
        Assert.Equal(new Answer.Granted(12), restored.Apply("billing", Of(2, 4), 12));
    }

    // Mostly the client that opened the session; now and then a stranger.
    private static Guid? DrawClient(Random random, Model model, Command command)
    {
        var isStranger = random.Next(10) == 0;
        var session = command switch
        {
            Command.Renew renew => renew.Session,
            Command.Close close => close.Session,
            Command.Acquire acquire => acquire.Session,
            Command.Release release => release.Session,
            Command.Put put => put.Session,
            _ => 0,
        };
        return isStranger ? Pick(random, Clients) : command is Command.Open ? Pick(random, Clients) : model.ClientOf(session);
    }

    // Mostly one that is next or was lately.
    private static long DrawClaim(Random random, Model model, long session) =>
        random.Next(50) == 0 ? long.MaxValue : Math.Max(0, model.LastClaim(session) + random.Next(-2, 3));

    private static (string Name, Command Command) Draw(Random random, Model model, long serial)
    {
        // Mostly an open session; now and then one that never was or has ended.
        var isOpen = model.Sessions.Count > 0 && random.Next(8) > 0;
        var session = isOpen ? Pick(random, model.Sessions).Session : random.NextInt64(1, serial + 1);
        var (owner, item, claim) = (Pick(random, Owners), Pick(random, Items), DrawClaim(random, model, session));
        var version = model.Items.TryGetValue(item, out var known) ? known.Version : 0;
        var guess = Pick(random, [version, version, version - 1, 0]);
        var name = Pick(random, Locks);
        return random.Next(21) switch
        {
            0 => (owner, new Command.Open(TimeSpan.FromSeconds(random.Next(1, 9)))),
            1 => (owner, new Command.Renew(session)),
            2 => random.Next(2) == 0 ? (owner, new Command.Close(session)) : (item, new Command.Delete(null)),
            < 7 => (name, new Command.Acquire(
                session, claim, random.Next(20) == 0 ? 4 : 1 + (name[^1] - '1'), random.Next(3) > 0, random.Next(2) > 0 ? owner : null)),
            < 10 => (name, new Command.Release(session, claim)),
            < 15 => (item, new Command.Put(
                random.Next(2) > 0 ? $"{random.Next(100)}" : "\"é\"",
                random.Next(2) > 0 ? guess : null,
                random.Next(2) > 0 ? session : 0,
                random.Next(3) > 0 ? null : TimeSpan.FromSeconds(random.Next(1, 9)))),
            < 17 => (item, new Command.Add(random.Next(-5, 6))),
            < 19 => (item, new Command.Delete(guess)),
            19 => (name, new Command.Break(model.Holders(name) is { Length: > 0 } holders && random.Next(4) > 0
                ? Pick(random, holders).Token
                : random.NextInt64(serial))),
            _ => random.Next(4) == 0 ? (owner, new Command.End(session)) : (owner, new Command.Renew(session)),
        };
    }

    private static void Compare(Random random, CoordinationState state, Model model, long serial)
    {
        foreach (var name in Locks)
        {
            var view = (LockView)state.Answer(new Question.OfLock(name, null));
            Assert.Equal(model.Holders(name), view.Holders);
            Assert.Equal(model.Locks.TryGetValue(name, out var known) ? known.Claims.Count - view.Holders.Length : 0, view.Waiting);
            foreach (var session in model.Sessions.Select(each => each.Session).Prepend(random.NextInt64(serial)))
            {
                var claim = DrawClaim(random, model, session);
                Assert.Equal(model.FindClaim(name, session, claim), state.Answer(new Question.OfClaim(name, session, claim)));
            }
        }

        var item = Pick(random, Items);
        var found = (ItemsView)state.Answer(new Question.OfItem(item));
        Assert.Equal(model.Items.TryGetValue(item, out var one) ? [one] : new List<Item>(), found.Items.ToList());

        // Recent ones, since a watch asks from where it is, and any, also from before the beginning.
        var after = random.Next(2) > 0 ? Math.Max(0, serial - random.Next(20)) : random.NextInt64(-1, serial + 1);
        var prefix = Pick(random, ["", "i", "i/", "j/", "k"]);
        var (isWhole, items) = model.ChangesAfter(prefix, after);
        var changes = (ItemsView)state.Answer(new Question.OfChanges(prefix, after));
        Assert.Equal(isWhole, changes.IsWhole);
        Assert.Equal(items, changes.Items);
    }

    private static T Pick<T>(Random random, IReadOnlyList<T> of) => of[random.Next(of.Count)];

    private static Command RoundTrip(Command command) => JsonSerializer.Deserialize(
        JsonSerializer.SerializeToUtf8Bytes(command, CoordinationJson.Default.Command), CoordinationJson.Default.Command)!;

    private static Answer RoundTrip(Answer answer) =>
        JsonSerializer.Deserialize(CoordinationJson.ToBytes(answer), CoordinationJson.Default.Answer)!;

    private static byte[] Bytes(CoordinationState state) =>
        JsonSerializer.SerializeToUtf8Bytes(state.ToImage(), CoordinationJson.Default.CoordinationImage);
}
