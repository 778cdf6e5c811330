namespace RaftActors.Tests.Model;

public sealed class RaftShardsTests
{
    // The shard of a key is part of the data of each user. These values never change.
    [Theory]
    [InlineData("", 14)]
    [InlineData("a", 12)]
    [InlineData("b", 3)]
    [InlineData("orders/4711", 11)]
    [InlineData("köln", 7)]
    public void Key_stays_in_its_shard(string key, int index) => Assert.Equal(index, new RaftShards("kv", 16).Of(key).Index);

    [Fact]
    public void Twice_as_many_shards_divide_each_one_in_two()
    {
        var (few, many) = (new RaftShards("kv", 24), new RaftShards("kv", 48));
        Assert.All(Enumerable.Range(0, 1000).Select(i => $"key{i}"), key => Assert.Equal(few.Of(key).Index, many.Of(key).Index / 2));
    }

    [Fact]
    public void Keys_spread_over_all_shards()
    {
        var shards = new RaftShards("kv", 100);
        var counts = Enumerable.Range(0, 100_000).CountBy(i => shards.Of($"key{i}").Index).ToDictionary();
        Assert.Equal(100, counts.Count);
        Assert.All(counts.Values, count => Assert.InRange(count, 800, 1200));
    }

    [Fact]
    public async Task Client_takes_only_shards_of_its_own_name_and_number_and_creates_no_client_to_dispose_it()
    {
        var client = new RaftShardsClient<int, int>(new RaftShards("kv", 4), group => throw new InvalidOperationException(group));
        foreach (var other in new[] { new RaftShards("kv", 3).All[0], new RaftShards("kv", 5).All[4], new RaftShards("other", 4).All[0] })
        {
            Assert.Contains("and this client has 4 shards kv", Assert.Throws<ArgumentException>(() => client[other]).Message);
        }

        Assert.Equal("kv-2", Assert.Throws<InvalidOperationException>(() => client[new RaftShards("kv", 4).All[2]]).Message);
        await client.DisposeAsync();
    }

    [Theory]
    [InlineData("", 1)]
    [InlineData("a@b", 1)]
    [InlineData("kv", 0)]
    [InlineData("kv", RaftShards.CountMax + 1)]
    public void Name_or_number_that_makes_no_groups_is_refused(string name, int count) =>
        Assert.ThrowsAny<ArgumentException>(() => new RaftShards(name, count));
}
