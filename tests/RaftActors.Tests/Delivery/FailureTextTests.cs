namespace RaftActors.Tests.Delivery;

public sealed class FailureTextTests
{
    [Fact]
    public void Text_names_the_type_and_the_message() =>
        Assert.Equal("InvalidOperationException: no", FailureText.Of(new InvalidOperationException("no")));

    [Fact]
    public void Text_can_be_written_for_another_node_and_is_short()
    {
        var strict = new UTF8Encoding(false, throwOnInvalidBytes: true);
        for (var before = 960; before < 1000; before++)
        {
            var text = FailureText.Of(new InvalidOperationException(new string('a', before) + "\ud83d\ude00\ud83d\ude00 and much more"));
            Assert.InRange(strict.GetByteCount(text), 1, 1020);
        }

        Assert.NotEmpty(strict.GetBytes(FailureText.Of(new InvalidOperationException("half \ud83d"))));
    }
}
