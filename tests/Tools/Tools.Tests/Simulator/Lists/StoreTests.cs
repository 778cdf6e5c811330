using System.Text.Json.Nodes;

using RaftActors.Simulator.Actors.Lists;

namespace RaftActors.Simulator.Tests.Lists;

public sealed class StoreTests
{
    private readonly Store _store = new();

    [Theory]
    [InlineData("""{"type":"read","key":9}""", """{"type":"error","code":20,"text":"There is no key 9."}""")]
    [InlineData("""{"type":"read","key":1}""", """{"type":"read_ok","value":"one"}""")]
    [InlineData("""{"type":"read","key":"1"}""", """{"type":"error","code":20,"text":"There is no key \u00221\u0022."}""")]
    [InlineData("""{"type":"write","key":1,"value":[2]}""", """{"type":"write_ok"}""")]
    [InlineData("""{"type":"cas","key":9,"from":1,"to":2}""", """{"type":"error","code":20,"text":"There is no key 9."}""")]
    [InlineData("""{"type":"cas","key":1,"from":"one","to":2}""", """{"type":"cas_ok"}""")]
    [InlineData(
        """{"type":"cas","key":1,"from":"two","to":2}""",
        """{"type":"error","code":22,"text":"The value of key 1 is \u0022one\u0022, and not \u0022two\u0022."}""")]
    [InlineData(
        """{"type":"txn","txn":[["r",5,null],["append",5,1],["append",5,2],["r",5,null]]}""",
        """{"type":"txn_ok","txn":[["r",5,null],["append",5,1],["append",5,2],["r",5,[1,2]]]}""")]
    public void Operation_is_answered_as_maelstrom_defines(string operation, string expected)
    {
        Do("""{"type":"write","key":1,"value":"one"}""");

        Assert.Equal(expected, Do(operation));
    }

    [Fact]
    public void Saved_state_is_the_whole_state()
    {
        Do("""{"type":"write","key":1,"value":null}""");
        Do("""{"type":"txn","txn":[["append","a",1],["append","a",{"b":2}]]}""");
        var other = new Store();

        other.Load(_store.Save());

        Assert.Equal(_store.Save(), other.Save());
        Assert.Equal("""{"type":"read_ok","value":null}""", other.Do(JsonNode.Parse("""{"type":"read","key":1}""")!).ToJsonString());
    }

    [Fact]
    public void Answer_does_not_change_with_the_state()
    {
        var answer = _store.Do(JsonNode.Parse("""{"type":"txn","txn":[["append",1,1],["r",1,null]]}""")!);
        var before = answer.ToJsonString();

        Do("""{"type":"txn","txn":[["append",1,2]]}""");

        Assert.Equal(before, answer.ToJsonString());
    }

    [Theory]
    [InlineData("""{"type":"read"}""", "it has no 'key'")]
    [InlineData("""{"type":"cas","key":1,"from":2}""", "it has no 'to'")]
    [InlineData("""{"type":"txn","txn":7}""", "each step of a transaction is")]
    [InlineData("""{"type":"txn","txn":[["w",1,2]]}""", "each step of a transaction is")]
    [InlineData("""{"type":"txn","txn":[["r",1]]}""", "each step of a transaction is")]
    [InlineData("""{"type":"erase"}""", "'erase' is no operation")]
    public void Fault_of_a_request_is_named(string operation, string expected) =>
        Assert.Contains(expected, Store.FindFault(JsonNode.Parse(operation)!));

    [Theory]
    [InlineData("""{"type":"read","key":1}""", true)]
    [InlineData("""{"type":"txn","txn":[["r",1,null],["r",2,null]]}""", true)]
    [InlineData("""{"type":"txn","txn":[["r",1,null],["append",2,1]]}""", false)]
    [InlineData("""{"type":"write","key":1,"value":1}""", false)]
    public void Only_reads_need_no_log_entry(string operation, bool isRead) =>
        Assert.Equal(isRead, Store.IsRead(JsonNode.Parse(operation)!));

    private string Do(string operation) => _store.Do(JsonNode.Parse(operation)!).ToJsonString();
}
