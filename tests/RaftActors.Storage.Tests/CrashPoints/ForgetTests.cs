namespace RaftActors.Storage.Tests.CrashPoints;

/// <summary><c>raft log forget</c> loses power after each of its operations, in all the ways of the model.</summary>
public sealed class ForgetTests
{
    private const string New = "new";

    [Theory]
    [InlineData("a", new[] { "a" }, false)]
    [InlineData("a", new[] { "a", "b", "c" }, false)]
    [InlineData("b", new[] { "a", "b", "c" }, true)]
    [InlineData("c", new[] { "a", "b", "c" }, true)]
    public void Power_cut_leaves_the_store_whole_or_gone_and_the_others_as_they_were(string lost, string[] all, bool hasSnapshots)
    {
        var life = new Life(new ModelDisk());
        foreach (var owner in all)
        {
            life.Open(owner);
            life.Write(owner, [.. Enumerable.Range(1, 5).Select(index => Life.Entry(index))]);
            _ = hasSnapshots ? life.Discard(owner, 3) : life;
        }

        var disk = life.Close();
        var before = Read(disk.Now, all);
        new Life(disk).Directory.Forget(Life.OwnerOf(lost));

        var (whole, gone) = (0, 0);
        foreach (var cut in disk.Cuts())
        {
            var found = Read(cut.Found, all);
            var isGone = found[lost] == New;
            (whole, gone) = isGone ? (whole, gone + 1) : (whole + 1, gone);
            Assert.True(isGone || cut.Operations < disk.Operations.Count, $"{cut}: the store is still there.");
            Assert.All(all, owner => Assert.Equal(isGone && owner == lost ? New : before[owner], found[owner]));
        }

        Assert.True(whole > 5 && gone > 0, $"{whole} whole, {gone} gone");
    }

    // Opens a store of a new process first, which may get the number of the forgotten one.
    private static Dictionary<string, string> Read(DiskImage image, string[] owners)
    {
        var life = new Life(new ModelDisk(image));
        Assert.True(life.Open("new").IsNew);
        var found = owners.ToDictionary(owner => owner, owner => life.Open(owner) is { IsNew: false } one
            ? $"{one.Incarnation} {Life.Text(one)} {one.State.Snapshot}"
            : New);
        life.Close();
        return found;
    }
}
