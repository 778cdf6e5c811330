namespace Akka.TestKit;

/// <summary>A filter that keeps events out of the log until it is disposed.</summary>
public interface IUnmutableFilter : IDisposable
{
    void Unmute();
}
