using System.Text;

namespace RaftActors.Testing.Tests.Simulation;

/// <summary>Which states of two nodes count as equal.</summary>
public sealed class StateTextTests
{
    [Theory]
    [InlineData("""{"a":1,"b":[2,3]}""", """{"b":[3,2],"a":1}""", true)]
    [InlineData("""{"a":1,"b":2}""", """{"a":2,"b":1}""", false)]
    [InlineData("""[{"a":1,"b":2}]""", """[{"a":2,"b":1}]""", false)]
    [InlineData("one two", "two one", true)]
    [InlineData("one two", "one tow!", false)]
    public void States_in_another_order_are_equal_and_JSON_with_exchanged_values_is_not(string one, string other, bool areEqual) =>
        Assert.Equal(areEqual, StateText.AreEqual(Encoding.UTF8.GetBytes(one), Encoding.UTF8.GetBytes(other)));
}
