"""The catalogue of service items 事项目录: read, checked, written by editions and shown as snapshots."""
