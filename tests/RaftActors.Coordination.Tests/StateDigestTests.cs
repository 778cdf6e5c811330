using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace RaftActors.Coordination.Tests;

/// <summary>Each field of the state is in its snapshot and in its digest, and so will be each field that a later version adds.</summary>
public sealed partial class StateDigestTests
{
    private static readonly JsonNode Image = Parse(MadeByCommands().ToImage());

    [Fact]
    public void A_state_that_differs_in_one_value_has_another_digest_and_another_snapshot() => Assert.All(LeavesOf(Image), leaf =>
    {
        var other = Image.DeepClone();
        LeavesOf(other).Single(each => each.GetPath() == leaf.GetPath()).ReplaceWith(Other(leaf));

        var state = StateOf(other);

        Assert.NotEqual(StateOf(Image).Digest(), state.Digest());
        Assert.Equal(Parse(ImageOf(other)).ToJsonString(), Parse(state.ToImage()).ToJsonString());
    });

    [Fact]
    public void A_restored_state_has_the_digest_of_the_one_that_commands_made() =>
        Assert.Equal(MadeByCommands().Digest(), StateOf(Image).Digest());

    [Fact]
    public void These_tests_see_each_field_that_a_snapshot_can_have()
    {
        Type[] records =
            [typeof(CoordinationImage), typeof(SessionImage), typeof(LockImage), typeof(RaftClaim), typeof(ItemsImage), typeof(Item)];
        var fields = records.SelectMany(record => record.GetProperties()).Select(property => property.Name).Distinct();
        var json = Image.ToJsonString();

        Assert.All(fields, field => Assert.Contains($"\"{field}\":", json, StringComparison.Ordinal));
    }

    /// <param name="touched">Called with what each command has changed.</param>
    internal static CoordinationState MadeByCommands(Action<IReadOnlyList<Topic>>? touched = null)
    {
        var state = new CoordinationState(changesMax: 4);
        var serial = 0;
        void Apply(string name, Command command)
        {
            Assert.IsNotType<Answer.Refused>(
                state.Apply(name, command, ++serial, new Guid("6b29fc40-ca47-1067-b31d-00dd010662da"), era: 100));
            touched?.Invoke(state.Touched);
        }

        Apply("a", new Command.Open(TimeSpan.FromSeconds(9)));
        Apply("b", new Command.Open(TimeSpan.FromSeconds(8)));
        Apply("l", new Command.Acquire(101, 1, 2, true, "text"));
        Apply("l", new Command.Acquire(102, 1, 2, true, null));
        Apply("l", new Command.Acquire(102, 2, 2, true, "later"));
        Apply("k", new Command.Acquire(101, 2, 1, true, null));
        foreach (var value in (string[])["1", "2", "3", "4"])
        {
            Apply("i", new Command.Put(value, null, 101, TimeSpan.FromHours(1)));
        }

        Apply("j", new Command.Put("1", null, 0, null));
        Apply("i2", new Command.Put("1", null, 0, null));
        Apply("i2", new Command.Delete(null));
        Apply("l", new Command.Break(103, 101));
        Apply("b", new Command.End(102));
        return state;
    }

    // Values that a state repeats are left out, because no state has two of them: a claim has the number and the owner of its session.
    private static IEnumerable<JsonValue> LeavesOf(JsonNode? node) => node switch
    {
        JsonValue value when !Repeated().IsMatch(value.GetPath()) => [value],
        JsonObject fields => fields.SelectMany(field => LeavesOf(field.Value)),
        JsonArray items => items.SelectMany(LeavesOf),
        _ => [],
    };

    [GeneratedRegex(@"^\$\.(Sessions\[\d+\]\.Id|Locks\[\d+\]\.\w+\[\d+\]\.(Session|Owner))$")]
    private static partial Regex Repeated();

    private static JsonValue? Other(JsonValue value) => value.GetValueKind() switch
    {
        JsonValueKind.Number => JsonValue.Create(value.GetValue<long>() + 1),
        JsonValueKind.True => JsonValue.Create(false),
        _ when value.GetPropertyName() is "Timeout" or "Lifetime" => JsonValue.Create("00:00:07"),
        _ when value.TryGetValue<Guid>(out _) => JsonValue.Create(Guid.Empty),
        _ => JsonValue.Create(value.GetValue<string>() + "x"),
    };

    private static CoordinationState StateOf(JsonNode image) => CoordinationState.Of(ImageOf(image), changesMax: 4);

    private static CoordinationImage ImageOf(JsonNode image) => image.Deserialize(CoordinationJson.Default.CoordinationImage)!;

    private static JsonNode Parse(CoordinationImage image) =>
        JsonSerializer.SerializeToNode(image, CoordinationJson.Default.CoordinationImage)!;
}
